package org.resnet4j.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.onnx.Onnx.Attribute;
import org.resnet4j.onnx.Onnx.TensorProto;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.weights.WeightsException;

/**
 * Constants, and what exporters do with shapes: folded where it is known when a model is read, and otherwise one of the few forms
 * that networks have, pictures as rows and every n-th pixel.
 */
final class ShapeImport {
    private final Scope scope;
    private final Attributes attributes;
    private final long fixedBatch;

    /** {@code fixedBatch} is the batch size of the file's input where it has one; it is read as any batch size. */
    ShapeImport(Scope scope, Attributes attributes, long fixedBatch) {
        this.scope = scope;
        this.attributes = attributes;
        this.fixedBatch = fixedBatch;
    }

    Operand read() throws WeightsException {
        return switch (scope.node().opType()) {
            case "Constant" -> constant();
            case "ConstantOfShape" -> constantOfShape();
            case "Shape" -> shape();
            case "Gather" -> gather();
            case "Concat" -> concat();
            case "Cast" -> cast();
            case "Transpose" -> transpose();
            case "Slice" -> slice();
            case "Reshape" -> reshape();
            case "Flatten" -> flatten();
            case "Squeeze" -> squeeze();
            case "Unsqueeze" -> unsqueeze();
            default -> throw new WeightsException("no such operation is known here");
        };
    }

    /** A tensor of the file: floats for weights, whole numbers for folding. Large ones of the latter are no weights of anything. */
    static Operand of(TensorProto t) throws WeightsException {
        return t.dtype().isFloating() ? new Operand.Floats(t) : new Operand.Ints(IntTensor.of(t));
    }

    private Operand constant() throws WeightsException {
        String name = scope.node().outputs().getFirst();
        if (attributes.take("value") instanceof Attribute.Tensor t) {
            return of(new TensorProto(
                    name, t.value().dtype(), t.value().dims(), t.value().data()));
        }
        if (attributes.take("value_int") instanceof Attribute.Int i) {
            return new Operand.Ints(IntTensor.of(new long[0], i.value()));
        }
        if (attributes.take("value_ints") instanceof Attribute.Ints i) {
            return new Operand.Ints(IntTensor.vector(i.values()));
        }
        if (attributes.take("value_float") instanceof Attribute.Real f) {
            return new Operand.Floats(scope.derived(name, new long[0], new float[] {f.value()}));
        }
        throw new WeightsException("a constant must be a tensor, value_int, value_ints or value_float");
    }

    private Operand constantOfShape() throws WeightsException {
        long fill = 0;
        if (attributes.take("value") instanceof Attribute.Tensor t) {
            fill = IntTensor.of(t.value()).scalar();
        }
        return new Operand.Ints(IntTensor.filled(scope.ints(0).known(), fill));
    }

    private Operand shape() throws WeightsException {
        long start = attributes.integer("start", 0);
        long end = attributes.integer("end", Long.MAX_VALUE);
        long[] dims = pictureShape().dims();
        boolean[] batch = new boolean[dims.length];
        batch[0] = dims[0] == Shape.BATCH;
        return new Operand.Ints(new IntTensor(new long[] {dims.length}, dims, batch).slice(0, start, end, 1));
    }

    /** Of operand 0 as the file sees it. */
    private Shape pictureShape() throws WeightsException {
        return scope.operand(0) instanceof Operand.Pixel p
                ? Shape.of(Shape.BATCH, p.src().type().shape().dim(1), 1, 1)
                : scope.value(0).type().shape();
    }

    private Operand gather() throws WeightsException {
        attributes.only("axis", 0);
        return new Operand.Ints(scope.ints(0).gather(scope.ints(1)));
    }

    private Operand concat() throws WeightsException {
        long axis = attributes.integer("axis", 0);
        if (axis != 0 && axis != -1) {
            throw new WeightsException("Concat is folded for vectors only, found axis " + axis);
        }
        List<IntTensor> parts = new ArrayList<>();
        for (int i = 0; i < scope.node().inputs().size(); i++) {
            parts.add(scope.ints(i));
        }
        return new Operand.Ints(IntTensor.concat(parts));
    }

    private Operand cast() throws WeightsException {
        attributes.integer("saturate", 1); // of eight-bit floats
        DType to;
        try {
            to = Onnx.dtype(attributes.integer("to", 0));
        } catch (IllegalArgumentException e) {
            throw new WeightsException("to: " + e.getMessage(), e);
        }
        Operand src = scope.operand(0);
        boolean same = switch (src) {
            case Operand.Ints _ -> to == DType.S64 || to == DType.S32;
            case Operand.Floats _ -> to == DType.F32;
            default -> scope.value(0).type().dtype() == to;
        };
        if (!same) {
            throw new WeightsException("Cast of a constant to FLOAT, INT32 or INT64 is known, found " + to);
        }
        return src;
    }

    private Operand transpose() throws WeightsException {
        long[] perm = attributes.integers("perm");
        if (scope.operand(0) instanceof Operand.Ints i) {
            return new Operand.Ints(i.tensor().transpose(perm == null ? new long[] {1, 0} : perm));
        }
        TensorProto t = scope.floats(0);
        if (t.dims().length != 2 || (perm != null && !Arrays.equals(perm, new long[] {1, 0}))) {
            throw new WeightsException("Transpose is known for matrices of weights only, found perm "
                    + Arrays.toString(perm) + " of " + Arrays.toString(t.dims()));
        }
        return new Operand.Floats(transposed(scope, t, scope.node().outputs().getFirst()));
    }

    /** A matrix with rows and columns exchanged, under another name. */
    static TensorProto transposed(Scope scope, TensorProto t, String name) throws WeightsException {
        scope.reserve(t.data().byteSize() / t.dtype().bytes());
        int rows = (int) t.dims()[0];
        int columns = (int) t.dims()[1];
        float[] from = Scope.numbers(t);
        float[] to = new float[from.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = from[i % rows * columns + i / rows];
        }
        return scope.derived(name, new long[] {columns, rows}, to);
    }

    private Operand slice() throws WeightsException {
        boolean inputs = scope.opset() >= 10;
        long[] starts = inputs ? scope.ints(1).known() : attributes.integers("starts");
        long[] ends = inputs ? scope.ints(2).known() : attributes.integers("ends");
        long[] axes = inputs ? (scope.has(3) ? scope.ints(3).known() : null) : attributes.integers("axes");
        if (starts == null || ends == null) {
            throw new WeightsException("needs starts and ends");
        }
        if (starts.length > Shape.MAX_RANK) {
            throw new WeightsException("at most " + Shape.MAX_RANK + " axes are sliced, found " + starts.length);
        }
        long[] along = axes == null ? LongStream.range(0, starts.length).toArray() : axes;
        long[] steps = inputs && scope.has(4) ? scope.ints(4).known() : ones(starts.length);
        if (ends.length != starts.length || along.length != starts.length || steps.length != starts.length) {
            throw new WeightsException("starts, ends, axes and steps must be as many, found " + starts.length + ", "
                    + ends.length + ", " + along.length + ", " + steps.length);
        }
        Operand src = scope.operand(0);
        for (int i = 0; i < starts.length; i++) {
            src = switch (src) {
                case Operand.Ints t ->
                    new Operand.Ints(t.tensor()
                            .slice(IntTensor.axis(along[i], t.tensor().rank()), starts[i], ends[i], steps[i]));
                case Operand.Strided s -> stride(s, along[i], starts[i], ends[i], steps[i]);
                default -> stride(new Operand.Strided(scope.value(0), 1, 1), along[i], starts[i], ends[i], steps[i]);
            };
        }
        return src;
    }

    private static long[] ones(int n) {
        long[] ones = new long[n];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static Operand stride(Operand.Strided s, long axis, long start, long end, long step)
            throws WeightsException {
        Shape shape = s.src().type().shape();
        int a = IntTensor.axis(axis, shape.rank());
        boolean first = start == 0 || (start < 0 && a > 0 && start <= -shape.dim(a));
        if (shape.rank() != 4 || a < 2 || !first || end < shape.dim(a)) {
            throw new WeightsException("Slice is known for whole rows and columns of pictures only, found axis " + axis
                    + ", " + start + " to " + end + " of " + s.src().type());
        }
        int by = Attributes.size("step", step);
        if (by == 0 || (a == 2 ? s.sh() : s.sw()) != 1) {
            throw new WeightsException("step must be at least 1 and each axis sliced once, found step " + step);
        }
        return a == 2 ? new Operand.Strided(s.src(), by, s.sw()) : new Operand.Strided(s.src(), s.sh(), by);
    }

    private Operand reshape() throws WeightsException {
        long allowZero = attributes.integer("allowzero", 0);
        IntTensor target = scope.ints(1);
        if (allowZero != 0 && Arrays.stream(target.values()).anyMatch(d -> d == 0)) {
            throw new WeightsException("allowzero must be 0 where the shape has a 0, found " + allowZero);
        }
        if (scope.operand(0) instanceof Operand.Ints t) {
            return new Operand.Ints(t.tensor().reshape(target.known()));
        }
        return asRows(target);
    }

    /** A reshape of a picture, or of rows, to rows; any other is not known. */
    private Operand asRows(IntTensor target) throws WeightsException {
        Shape shape = pictureShape();
        long perEntry = shape.elementsPerEntry();
        long[] d = target.values();
        boolean[] batch = target.batch();
        if (target.rank() != 1 || d.length != 2) {
            throw new WeightsException(
                    "Reshape to [N, " + perEntry + "] only is known here, found " + Arrays.toString(d));
        }
        boolean all = !batch[1] && (d[1] == perEntry || (d[1] == 0 && shape.rank() == 2));
        boolean whole = batch[0] || d[0] == 0 || (fixedBatch > 0 && d[0] == fixedBatch);
        if (!(whole && (all || (!batch[1] && d[1] == -1))) && !(d[0] == -1 && all)) {
            throw new WeightsException(
                    "Reshape to [N, " + perEntry + "] only is known here, found " + Arrays.toString(d));
        }
        return rows();
    }

    private Operand rows() throws WeightsException {
        if (scope.operand(0) instanceof Operand.Pixel p) {
            return scope.result(new Op.GlobalAvgPool(), p.src());
        }
        Value src = scope.value(0);
        return src.type().shape().rank() == 2 ? new Operand.Computed(src) : scope.result(new Op.Flatten(), src);
    }

    private Operand flatten() throws WeightsException {
        attributes.only("axis", 1);
        return rows();
    }

    /** Axes of Squeeze and Unsqueeze: an operand since version 13, an attribute before. */
    private long[] axes() throws WeightsException {
        long[] axes = scope.has(1) ? scope.ints(1).known() : attributes.integers("axes");
        if (axes == null) {
            throw new WeightsException("needs axes");
        }
        return axes;
    }

    private Operand squeeze() throws WeightsException {
        long[] axes = axes();
        if (scope.operand(0) instanceof Operand.Ints t) {
            if (t.tensor().values().length != 1 || axes.length != t.tensor().rank()) {
                throw new WeightsException("Squeeze is folded to one number only");
            }
            return new Operand.Ints(
                    new IntTensor(new long[0], t.tensor().values(), t.tensor().batch()));
        }
        boolean pixel = axes.length == 2
                && Math.min(IntTensor.axis(axes[0], 4), IntTensor.axis(axes[1], 4)) == 2
                && Math.max(IntTensor.axis(axes[0], 4), IntTensor.axis(axes[1], 4)) == 3;
        Shape shape = pictureShape();
        if (!pixel || shape.rank() != 4 || shape.dim(2) != 1 || shape.dim(3) != 1) {
            throw new WeightsException("Squeeze is known for pictures of one pixel only, found axes "
                    + Arrays.toString(axes) + " of " + shape);
        }
        return rows();
    }

    private Operand unsqueeze() throws WeightsException {
        IntTensor t = scope.ints(0);
        long[] axes = axes();
        if (t.rank() != 0 || axes.length != 1 || IntTensor.axis(axes[0], 1) != 0) {
            throw new WeightsException("Unsqueeze is folded for one number only");
        }
        return new Operand.Ints(new IntTensor(new long[] {1}, t.values(), t.batch()));
    }
}
