package org.resnet4j.onnx;

import java.util.Arrays;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.onnx.Onnx.NodeProto;
import org.resnet4j.onnx.Onnx.TensorProto;
import org.resnet4j.weights.WeightsException;

/**
 * One node of ONNX as an operation here: the table of all that can be read. Shape arithmetic is in {@link ShapeImport}. What is not
 * exactly one of our operations is refused, with the attribute that stands in the way.
 */
final class NodeImport {
    private final Scope scope;
    private final Attributes attributes;

    private NodeImport(Scope scope, Attributes attributes) {
        this.scope = scope;
        this.attributes = attributes;
    }

    /** What the first result of the scope's node stands for. */
    static Operand read(Scope scope, long fixedBatch) throws WeightsException {
        NodeProto node = scope.node();
        if (node.outputs().isEmpty() || node.outputs().getFirst().isEmpty()) {
            throw new WeightsException("a node has a result, found none");
        }
        if (node.outputs().stream().skip(1).anyMatch(s -> !s.isEmpty())) {
            throw new WeightsException("only the first result is known here, found " + node.outputs());
        }
        Attributes attributes = Attributes.of(node);
        Operand made = new NodeImport(scope, attributes).read(fixedBatch);
        attributes.done();
        return made;
    }

    private Operand read(long fixedBatch) throws WeightsException {
        NodeProto node = scope.node();
        if (!isStandard(node.domain())) {
            throw new WeightsException("no operation of the domain " + node.domain() + " is known here");
        }
        return switch (node.opType()) {
            case "Conv" -> conv();
            case "BatchNormalization" -> batchNorm();
            case "Relu" -> scope.result(new Op.Relu(), scope.value(0));
            case "Add" -> add();
            case "Sub" -> sub();
            case "Mul" -> mul();
            case "Sigmoid" -> new Operand.Sigmoid(scope.value(0), false);
            case "Softmax" -> softmax();
            case "MaxPool" -> maxPool();
            case "AveragePool" -> averagePool();
            case "GlobalAveragePool" -> globalMean();
            case "ReduceMean" -> reduceMean();
            case "Gemm" -> gemm();
            case "MatMul" -> new Operand.Product(scope.value(0), scope.parameter(transposed(scope.floats(1)), true));
            case "Identity" -> scope.operand(0);
            case "Dropout" -> dropout();
            case "Pad" -> pad();
            default -> new ShapeImport(scope, attributes, fixedBatch).read();
        };
    }

    static boolean isStandard(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    private Operand conv() throws WeightsException {
        Value src = scope.value(0);
        TensorProto weights = scope.floats(1);
        if (weights.dims().length != 4) {
            throw new WeightsException(
                    "weights must be [O, I / groups, KH, KW], found " + Arrays.toString(weights.dims()));
        }
        int kh = Attributes.size("kernel height", weights.dims()[2]);
        int kw = Attributes.size("kernel width", weights.dims()[3]);
        int[] kernel = attributes.sizes("kernel_shape", 2, 0);
        if (!Arrays.equals(kernel, new int[] {0, 0}) && !Arrays.equals(kernel, new int[] {kh, kw})) {
            throw new WeightsException("kernel_shape must be that of the weights, " + kh + "x" + kw + ", found "
                    + Arrays.toString(kernel));
        }
        int groups = Attributes.size("group", attributes.integer("group", 1));
        boolean bias = scope.has(2);
        Op op = new Op.Conv2d(window(kh, kw), groups, bias);
        return bias ? scope.result(op, src, scope.weight(1), scope.weight(2)) : scope.result(op, src, scope.weight(1));
    }

    /** A window with this node's strides and pads. */
    private Window window(int kh, int kw) throws WeightsException {
        String autoPad = attributes.text("auto_pad", "NOTSET");
        int[] strides = attributes.sizes("strides", 2, 1);
        int[] dilations = attributes.sizes("dilations", 2, 1);
        int[] pads = attributes.sizes("pads", 4, 0);
        if (!autoPad.equals("NOTSET") && !(autoPad.equals("VALID") && Arrays.equals(pads, new int[4]))) {
            throw new WeightsException("auto_pad must be NOTSET, or VALID without pads, found " + autoPad);
        }
        if (dilations[0] != 1 || dilations[1] != 1) {
            throw new WeightsException("dilations must be 1, found " + Arrays.toString(dilations));
        }
        if (pads[0] != pads[2] || pads[1] != pads[3]) {
            throw new WeightsException("pads must be the same on opposite sides, found " + Arrays.toString(pads));
        }
        return new Window(kh, kw, strides[0], strides[1], pads[0], pads[1]);
    }

    private Operand batchNorm() throws WeightsException {
        attributes.only("training_mode", 0);
        attributes.only("spatial", 1);
        float momentum = attributes.number("momentum", 0.9f); // of training; without a meaning here
        double epsilon = shortest(attributes.number("epsilon", 1e-5f));
        if (!(epsilon >= 0 && epsilon < 1) || Float.isNaN(momentum)) {
            throw new WeightsException("epsilon must be 0 to 1, found " + epsilon);
        }
        scope.requireVariance(scope.floats(4));
        return scope.result(
                new Op.BatchNormInference(epsilon),
                scope.value(0),
                scope.weight(1),
                scope.weight(2),
                scope.buffer(3),
                scope.buffer(4));
    }

    /** The decimal number that a float was written as, not its binary expansion: 1e-5 and not 9.99999974e-6. */
    private static double shortest(float f) {
        return Double.parseDouble(Float.toString(f));
    }

    private Operand add() throws WeightsException {
        Operand a = scope.operand(0);
        Operand b = scope.operand(1);
        if (a instanceof Operand.Gated x && b instanceof Operand.Gated y && x.by().complements(y.by())) {
            Operand.Gated transform = x.by().complement() ? y : x;
            Operand.Gated carry = x.by().complement() ? x : y;
            return scope.result(new Op.Gate(), transform.src(), transform.by().gate(), carry.src());
        }
        if (a instanceof Operand.Product p && b instanceof Operand.Floats) {
            return linear(p, scope.floats(1), 1);
        }
        if (b instanceof Operand.Product p && a instanceof Operand.Floats) {
            return linear(p, scope.floats(0), 1);
        }
        return scope.result(new Op.Add(), scope.value(0), scope.value(1));
    }

    private Operand linear(Operand.Product p, TensorProto bias, float beta) throws WeightsException {
        long out = p.weights().type().shape().dim(0);
        return scope.result(new Op.Linear(true), p.src(), p.weights(), scope.parameter(bias(bias, out, beta), true));
    }

    private Operand sub() throws WeightsException {
        if (scope.operand(1) instanceof Operand.Sigmoid s && !s.complement() && Scope.scalar(scope.floats(0)) == 1) {
            return new Operand.Sigmoid(s.gate(), true);
        }
        throw new WeightsException("Sub is known as 1 - Sigmoid only");
    }

    private Operand mul() throws WeightsException {
        if (scope.operand(0) instanceof Operand.Sigmoid s) {
            return gated(new Operand.Gated(s, scope.value(1)));
        }
        if (scope.operand(1) instanceof Operand.Sigmoid s) {
            return gated(new Operand.Gated(s, scope.value(0)));
        }
        throw new WeightsException("Mul is known with a Sigmoid only");
    }

    /** A gate of channels at once; where it could be half of a highway as well, what follows decides. */
    private Operand gated(Operand.Gated g) {
        boolean sameType = g.by().gate().type().equals(g.src().type());
        return g.isOfChannels() && !sameType ? scope.result(new Op.ChannelGate(), g.src(), g.by().gate()) : g;
    }

    private Operand softmax() throws WeightsException {
        Value src = scope.value(0);
        long axis = attributes.integer("axis", scope.opset() < 13 ? 1 : -1);
        if (src.type().shape().rank() != 2 || IntTensor.axis(axis, 2) != 1) {
            throw new WeightsException("needs rows and axis 1, found " + src.type() + " and axis " + axis);
        }
        return scope.result(new Op.Softmax(), src);
    }

    private Operand maxPool() throws WeightsException {
        attributes.only("storage_order", 0);
        boolean ceil = attributes.integer("ceil_mode", 0) != 0;
        Window w = pooling();
        requireNoRest(ceil, w);
        return scope.result(new Op.MaxPool(w, false), scope.value(0));
    }

    private Operand averagePool() throws WeightsException {
        boolean include = attributes.integer("count_include_pad", 0) != 0;
        boolean ceil = attributes.integer("ceil_mode", 0) != 0;
        Window w = pooling();
        boolean padded = w.ph() != 0 || w.pw() != 0;
        requireNoRest(ceil && padded, w); // versions differ in windows that begin in the padding
        return scope.result(new Op.AvgPool(w, padded && include, ceil && !padded), scope.value(0));
    }

    private Window pooling() throws WeightsException {
        int[] kernel = attributes.sizes("kernel_shape", 2, 0);
        return window(kernel[0], kernel[1]);
    }

    /** Refuses rounding up where it would make a difference. */
    private void requireNoRest(boolean ceil, Window w) throws WeightsException {
        Value src = scope.value(0);
        if (ceil && src.type().shape().rank() == 4) {
            long down = src.type().shape().dim(2) + 2L * w.ph() - w.kh();
            long across = src.type().shape().dim(3) + 2L * w.pw() - w.kw();
            if (down % w.sh() != 0 || across % w.sw() != 0) {
                throw new WeightsException(
                        "ceil_mode must be 0 where the window does not fit " + src.type() + " without a rest, found 1");
            }
        }
    }

    private Operand globalMean() throws WeightsException {
        Value src = scope.value(0);
        if (src.type().shape().rank() != 4) {
            throw new WeightsException("needs a picture, found " + src.type());
        }
        return new Operand.Pixel(src);
    }

    private Operand reduceMean() throws WeightsException {
        long keep = attributes.integer("keepdims", 1);
        attributes.only("noop_with_empty_axes", 0);
        long[] axes = scope.has(1) ? scope.ints(1).known() : attributes.integers("axes");
        int rank = scope.value(0).type().shape().rank();
        if (axes == null
                || rank != 4
                || axes.length != 2
                || Math.min(IntTensor.axis(axes[0], 4), IntTensor.axis(axes[1], 4)) != 2
                || Math.max(IntTensor.axis(axes[0], 4), IntTensor.axis(axes[1], 4)) != 3) {
            throw new WeightsException(
                    "axes must be 2 and 3 of a picture, found " + Arrays.toString(axes) + " of rank " + rank);
        }
        return keep == 0 ? scope.result(new Op.GlobalAvgPool(), scope.value(0)) : new Operand.Pixel(scope.value(0));
    }

    private Operand gemm() throws WeightsException {
        attributes.only("transA", 0);
        float alpha = attributes.number("alpha", 1);
        float beta = attributes.number("beta", 1);
        boolean transposed = attributes.integer("transB", 0) != 0;
        TensorProto weights = scope.floats(1);
        requireMatrix(weights);
        if (!transposed) {
            weights = transposed(weights);
        }
        if (alpha != 1) {
            weights = scope.derived(
                    scope.node().outputs().getFirst() + ".weight", weights.dims(), scaled(weights, alpha));
        }
        Value src = scope.value(0);
        long out = weights.dims()[0];
        if (!scope.has(2)) {
            return scope.result(new Op.Linear(false), src, scope.parameter(weights, true));
        }
        TensorProto bias = bias(scope.floats(2), out, beta);
        return scope.result(new Op.Linear(true), src, scope.parameter(weights, true), scope.parameter(bias, true));
    }

    private static void requireMatrix(TensorProto t) throws WeightsException {
        if (t.dims().length != 2) {
            throw new WeightsException("weights must be a matrix, found " + Arrays.toString(t.dims()));
        }
    }

    /** [I, O] as [O, I]. */
    private TensorProto transposed(TensorProto t) throws WeightsException {
        requireMatrix(t);
        return ShapeImport.transposed(scope, t, scope.node().outputs().getFirst() + ".weight");
    }

    private float[] scaled(TensorProto t, float by) throws WeightsException {
        scope.reserve(t.data().byteSize() / t.dtype().bytes());
        float[] numbers = Scope.numbers(t);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) ((double) numbers[i] * by);
        }
        return numbers;
    }

    /** A bias as [O]: as it is, or made so from [1, O] or one number for all, times {@code beta}. */
    private TensorProto bias(TensorProto t, long out, float beta) throws WeightsException {
        boolean vector = Arrays.equals(t.dims(), new long[] {out});
        if (vector && beta == 1) {
            return t;
        }
        boolean one = t.data().byteSize() == t.dtype().bytes();
        if (!vector && !one && !Arrays.equals(t.dims(), new long[] {1, out})) {
            throw new WeightsException("a bias must be [" + out + "], found " + Arrays.toString(t.dims()));
        }
        scope.reserve(out);
        float[] numbers = scaled(t, beta);
        float[] all = new float[Math.toIntExact(out)];
        for (int i = 0; i < all.length; i++) {
            all[i] = numbers[one ? 0 : i];
        }
        return scope.derived(scope.node().outputs().getFirst() + ".bias", new long[] {out}, all);
    }

    private Operand dropout() throws WeightsException {
        attributes.number("ratio", 0.5f);
        attributes.integer("seed", 0);
        if (scope.has(2) && scope.ints(2).scalar() != 0) {
            throw new WeightsException("training_mode must be false");
        }
        return scope.operand(0);
    }

    /** Zero channels in front and behind, after a slice or not: option A. */
    private Operand pad() throws WeightsException {
        String mode = attributes.text("mode", "constant");
        float fill = attributes.number("value", 0);
        if (scope.has(2)) {
            fill = Scope.scalar(scope.floats(2));
        }
        long[] pads = scope.has(1) ? scope.ints(1).known() : attributes.integers("pads");
        if (!mode.equals("constant") || fill != 0 || scope.has(3) || pads == null || pads.length != 8) {
            throw new WeightsException("needs mode constant, value 0 and eight pads, found " + mode + ", " + fill + ", "
                    + Arrays.toString(pads) + (scope.has(3) ? " along axes" : ""));
        }
        int before = Attributes.size("pads of channels", pads[1]);
        int after = Attributes.size("pads of channels", pads[5]);
        if (Arrays.stream(pads).filter(p -> p != 0).count() != (before == 0 ? 0 : 1) + (after == 0 ? 0 : 1)) {
            throw new WeightsException("pads must be of channels only, found " + Arrays.toString(pads));
        }
        if (scope.operand(0) instanceof Operand.Strided s && s.sh() == s.sw()) {
            return scope.result(new Op.PadShortcut(s.sh(), before, after), s.src());
        }
        return scope.result(new Op.PadShortcut(1, before, after), scope.value(0));
    }
}
