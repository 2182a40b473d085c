package org.resnet4j.onnx;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.graph.GraphPrinter;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.onnx.Onnx.Attribute;
import org.resnet4j.onnx.Onnx.AttributeProto;
import org.resnet4j.onnx.Onnx.NodeProto;
import org.resnet4j.weights.WeightsException;

/**
 * Operations as nodes of ONNX: one exhaustive table. Where one of ours is several of theirs, the last has the value's name and those
 * before it a name with a slash behind that.
 */
final class NodeExport {
    private final ExportedTensors tensors;
    private final List<NodeProto> nodes = new ArrayList<>();

    NodeExport(ExportedTensors tensors) {
        this.tensors = tensors;
    }

    List<NodeProto> nodes() {
        return List.copyOf(nodes);
    }

    /** Adds what {@code node} is in ONNX; throws {@link IllegalArgumentException} if only training has it. */
    void add(Node node) throws WeightsException {
        String dst = node.output().name();
        switch (node.op()) {
            case Op.Conv2d o -> emit("Conv", dst, inputs(node), conv(o));
            case Op.FusedConv2d o -> fusedConv(o, node);
            case Op.FoldBatchNorm o -> fold(o, node);
            case Op.BatchNormInference o ->
                emit("BatchNormalization", dst, inputs(node), List.of(number("epsilon", (float) o.epsilon())));
            case Op.Relu _ -> emit("Relu", dst, inputs(node), List.of());
            case Op.Add _ -> emit("Add", dst, inputs(node), List.of());
            case Op.AddRelu _ -> emit("Relu", dst, List.of(emit("Add", part(dst, "add"), inputs(node))), List.of());
            case Op.MaxPool o -> emit("MaxPool", dst, inputs(node), window(o.window()));
            case Op.AvgPool o -> averagePool(o, node);
            case Op.GlobalAvgPool _ ->
                emit("Flatten", dst, List.of(emit("GlobalAveragePool", part(dst, "mean"), inputs(node))), List.of());
            case Op.Flatten _ -> emit("Flatten", dst, inputs(node), List.of(integer("axis", 1)));
            case Op.Linear _ -> emit("Gemm", dst, inputs(node), List.of(integer("transB", 1)));
            case Op.PadShortcut o -> padShortcut(o, node);
            case Op.Gate _ -> gate(node);
            case Op.ChannelGate _ ->
                emit(
                        "Mul",
                        dst,
                        List.of(
                                tensors.name(node.input(0)),
                                emit("Sigmoid", part(dst, "open"), List.of(tensors.name(node.input(1))))));
            case Op.Softmax _ -> emit("Softmax", dst, inputs(node), List.of(integer("axis", 1)));
            case Op.Cast _,
                    Op.Quantize _,
                    Op.Dequantize _,
                    Op.QuantizedConv2d _,
                    Op.BatchNorm _,
                    Op.Dropout _,
                    Op.DropPath _,
                    Op.Loss _,
                    Op.Backward _ ->
                throw new IllegalArgumentException(node.name() + ": a network for inference is exported, found "
                        + GraphPrinter.describe(node.op()) + ", which only training has");
        }
    }

    private List<String> inputs(Node node) {
        return node.inputs().stream().map(tensors::name).toList();
    }

    private String part(String dst, String what) {
        return tensors.fresh(dst + "/" + what);
    }

    private String emit(String opType, String dst, List<String> inputs) {
        return emit(opType, dst, inputs, List.of());
    }

    private String emit(String opType, String dst, List<String> inputs, List<AttributeProto> attributes) {
        nodes.add(new NodeProto(dst, opType, "", inputs, List.of(dst), attributes));
        return dst;
    }

    private static AttributeProto integer(String name, long value) {
        return new AttributeProto(name, new Attribute.Int(value));
    }

    private static AttributeProto integers(String name, long... values) {
        return new AttributeProto(name, new Attribute.Ints(values));
    }

    private static AttributeProto number(String name, float value) {
        return new AttributeProto(name, new Attribute.Real(value));
    }

    private static List<AttributeProto> window(Window w) {
        return List.of(
                integers("kernel_shape", w.kh(), w.kw()),
                integers("pads", w.ph(), w.pw(), w.ph(), w.pw()),
                integers("strides", w.sh(), w.sw()));
    }

    private static List<AttributeProto> conv(Op.Conv2d o) {
        List<AttributeProto> all = new ArrayList<>();
        all.add(integer("group", o.groups()));
        all.addAll(window(o.window()));
        return all;
    }

    private void averagePool(Op.AvgPool o, Node node) {
        List<AttributeProto> all = new ArrayList<>();
        all.add(integer("ceil_mode", o.ceil() ? 1 : 0));
        all.add(integer("count_include_pad", o.includePadding() ? 1 : 0));
        all.addAll(window(o.window()));
        emit("AveragePool", node.output().name(), inputs(node), all);
    }

    private void fusedConv(Op.FusedConv2d o, Node node) {
        String dst = node.output().name();
        List<String> in = inputs(node);
        boolean last = !o.sum() && !o.relu();
        String made = emit("Conv", last ? dst : part(dst, "conv"), in.subList(0, 3), conv(o.forward()));
        if (o.sum()) {
            made = emit("Add", o.relu() ? part(dst, "add") : dst, List.of(made, in.get(3)));
        }
        if (o.relu()) {
            emit("Relu", dst, List.of(made));
        }
    }

    /** Done now, in double: weights * scale / sqrt(variance + epsilon), and the bias that goes with them. */
    private void fold(Op.FoldBatchNorm o, Node node) throws WeightsException {
        float[] weights = tensors.numbers(node.input(0));
        float[] scale = tensors.numbers(node.input(1));
        float[] shift = tensors.numbers(node.input(2));
        float[] mean = tensors.numbers(node.input(3));
        float[] variance = tensors.numbers(node.input(4));
        float[] before = o.bias() ? tensors.numbers(node.input(5)) : new float[scale.length];
        float[] bias = new float[scale.length];
        int taps = weights.length / scale.length;
        for (int oc = 0; oc < scale.length; oc++) {
            double factor = scale[oc] / Math.sqrt(variance[oc] + o.epsilon());
            for (int k = oc * taps; k < (oc + 1) * taps; k++) {
                weights[k] = (float) (weights[k] * factor);
            }
            bias[oc] = (float) (shift[oc] + ((double) before[oc] - mean[oc]) * factor);
        }
        Value w = node.input(0);
        String layer =
                w.name().endsWith(".weight") ? w.name().substring(0, w.name().length() - 7) : node.name();
        tensors.define(node.output(0), layer + ".weight", weights);
        tensors.define(node.output(1), layer + ".bias", bias);
    }

    private void padShortcut(Op.PadShortcut o, Node node) {
        String dst = node.output().name();
        String src = tensors.name(node.input(0));
        boolean pad = o.before() > 0 || o.after() > 0;
        if (o.stride() > 1) {
            src = emit(
                    "Slice",
                    pad ? part(dst, "slice") : dst,
                    List.of(
                            src,
                            tensors.integers(dst + "/starts", 0, 0),
                            tensors.integers(dst + "/ends", Long.MAX_VALUE, Long.MAX_VALUE),
                            tensors.integers(dst + "/axes", 2, 3),
                            tensors.integers(dst + "/steps", o.stride(), o.stride())));
        }
        if (pad) {
            emit("Pad", dst, List.of(src, tensors.integers(dst + "/pads", 0, o.before(), 0, 0, 0, o.after(), 0, 0)));
        } else if (o.stride() == 1) {
            emit("Identity", dst, List.of(src));
        }
    }

    private void gate(Node node) {
        String dst = node.output().name();
        String open = emit("Sigmoid", part(dst, "open"), List.of(tensors.name(node.input(1))));
        String closed = emit("Sub", part(dst, "closed"), List.of(tensors.one(), open));
        String transform = emit("Mul", part(dst, "transform"), List.of(open, tensors.name(node.input(0))));
        String carry = emit("Mul", part(dst, "carry"), List.of(closed, tensors.name(node.input(2))));
        emit("Add", dst, List.of(transform, carry));
    }
}
