package org.resnet4j.graph;

import java.util.List;
import java.util.stream.Collectors;

/** Writes a graph as text: inputs, one line a node, then outputs, updates and gradients. The same graph, the same text. */
public final class GraphPrinter {
    private GraphPrinter() {}

    /** The whole graph, lines ended by {@code \n}. */
    public static String print(Graph graph) {
        StringBuilder text = new StringBuilder("graph " + graph.name() + "\n");
        graph.inputs().forEach(v -> text.append("  input ").append(typed(v)).append('\n'));
        for (Parameter p : graph.parameters()) {
            text.append(p.trainable() ? "  weight " : "  buffer ")
                    .append(typed(p.value()))
                    .append('\n');
        }
        for (Node node : graph.nodes()) {
            text.append("  ")
                    .append(node.outputs().stream().map(GraphPrinter::typed).collect(Collectors.joining(", ")))
                    .append(" = ")
                    .append(describe(node.op()))
                    .append(ids(node.inputs()))
                    .append('\n');
        }
        text.append("  output ").append(ids(graph.outputs())).append('\n');
        bindings(text, "update", graph.updates());
        bindings(text, "gradient", graph.gradients());
        return text.toString();
    }

    private static void bindings(StringBuilder text, String word, List<Graph.Binding> bindings) {
        for (Graph.Binding b : bindings) {
            text.append("  ")
                    .append(word)
                    .append(' ')
                    .append(b.parameter())
                    .append(" by %")
                    .append(b.value().id())
                    .append('\n');
        }
    }

    private static String typed(Value v) {
        return v + " " + v.type();
    }

    private static String ids(List<Value> values) {
        return values.stream().map(v -> "%" + v.id()).collect(Collectors.joining(", ", "(", ")"));
    }

    /** An operation with its attributes: {@code conv2d[k3x3 s1x1 p1x1]}. */
    public static String describe(Op op) {
        return switch (op) {
            case Op.Conv2d o -> "conv2d" + conv(o);
            case Op.BatchNorm o -> o.relu() ? "batchNorm+relu" : "batchNorm";
            case Op.BatchNormInference _ -> "batchNormInference";
            case Op.Relu _ -> "relu";
            case Op.Add _ -> "add";
            case Op.AddRelu _ -> "add+relu";
            case Op.MaxPool o -> "maxPool[" + o.window() + "]";
            case Op.AvgPool o ->
                "avgPool[" + o.window() + (o.includePadding() ? " includePadding" : "") + (o.ceil() ? " ceil" : "")
                        + "]";
            case Op.Cast o -> "cast[" + o.to() + "]";
            case Op.GlobalAvgPool _ -> "globalAvgPool";
            case Op.Flatten _ -> "flatten";
            case Op.Linear _ -> "linear";
            case Op.PadShortcut o -> "padShortcut[s" + o.stride() + " " + o.before() + "+" + o.after() + "]";
            case Op.Dropout o -> "dropout[" + o.probability() + "]";
            case Op.DropPath o -> "dropPath[" + o.probability() + "]";
            case Op.ChannelGate _ -> "channelGate";
            case Op.Gate _ -> "gate";
            case Op.Softmax _ -> "softmax";
            case Op.SoftmaxCrossEntropy o -> "softmaxCrossEntropy" + smoothing(o);
            case Op.SigmoidCrossEntropy o -> "sigmoidCrossEntropy" + smoothing(o);
            case Op.Conv2dBackwardData o -> "conv2dBackwardData" + conv(o.forward());
            case Op.Conv2dBackwardWeights o -> "conv2dBackwardWeights" + conv(o.forward());
            case Op.BatchNormBackward o -> o.forward().relu() ? "batchNorm+reluBackward" : "batchNormBackward";
            case Op.BatchNormInferenceBackward _ -> "batchNormInferenceBackward";
            case Op.ReluBackward _ -> "reluBackward";
            case Op.MaxPoolBackward o -> "maxPoolBackward[" + o.forward().window() + "]";
            case Op.AvgPoolBackward o -> "avgPoolBackward[" + o.forward().window() + "]";
            case Op.GlobalAvgPoolBackward _ -> "globalAvgPoolBackward";
            case Op.FlattenBackward _ -> "flattenBackward";
            case Op.LinearBackwardData _ -> "linearBackwardData";
            case Op.LinearBackwardWeights _ -> "linearBackwardWeights";
            case Op.PadShortcutBackward _ -> "padShortcutBackward";
            case Op.DropoutBackward _ -> "dropoutBackward";
            case Op.GateBackward _ -> "gateBackward";
            case Op.ChannelGateBackward _ -> "channelGateBackward";
            case Op.SoftmaxBackward _ -> "softmaxBackward";
            case Op.SoftmaxCrossEntropyBackward _ -> "softmaxCrossEntropyBackward";
            case Op.SigmoidCrossEntropyBackward _ -> "sigmoidCrossEntropyBackward";
            case Op.FusedConv2d o -> "conv2d" + (o.sum() ? "+sum" : "") + (o.relu() ? "+relu" : "") + conv(o.forward());
            case Op.QuantizedConv2d o -> "quantized " + describe(o.forward()) + "->" + o.to();
            case Op.Quantize o -> "quantize[" + o.to() + "]";
            case Op.Dequantize _ -> "dequantize";
            case Op.FoldBatchNorm _ -> "foldBatchNorm";
        };
    }

    private static String smoothing(Op.Loss o) {
        return o.labelSmoothing() == 0 ? "" : "[smoothing " + o.labelSmoothing() + "]";
    }

    private static String conv(Op.Conv2d o) {
        return "[" + o.window() + (o.groups() == 1 ? "" : " g" + o.groups()) + "]";
    }
}
