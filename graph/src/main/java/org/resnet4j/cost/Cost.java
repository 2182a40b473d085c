package org.resnet4j.cost;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;

/**
 * What a graph costs: multiply-adds, parameters and bytes, for one image where the batch is not fixed, else for the batch.
 *
 * <p>Multiply-adds are counted as He et al. 2016 (table 1) count them, as every framework's counter does: convolutions and
 * linear layers without their biases. A gradient by the source and one by the weights each cost as much as the forward
 * operation. Counts that do not fit a long throw {@link ArithmeticException}.
 *
 * @param nodes one entry a node, in the graph's order
 * @param macs multiply-adds of all nodes
 * @param parameters trainable numbers, used or not
 * @param buffers numbers of the other parameters: running statistics
 * @param outputBytes bytes of all results: memory if nothing were reused
 */
public record Cost(List<NodeCost> nodes, long macs, long parameters, long buffers, long outputBytes) {
    /** Copies the list. */
    public Cost {
        nodes = List.copyOf(nodes);
    }

    /** The cost of {@code graph}. */
    public static Cost of(Graph graph) {
        Graph fixed = graph.withBatch(1);
        Map<Value, Long> unused = new HashMap<>();
        long trainable = 0;
        long buffers = 0;
        for (Parameter p : fixed.parameters()) {
            long count = p.value().type().shape().elements();
            if (p.trainable()) {
                unused.put(p.value(), count);
                trainable = Math.addExact(trainable, count);
            } else {
                buffers = Math.addExact(buffers, count);
            }
        }
        List<NodeCost> costs = new ArrayList<>();
        long macs = 0;
        long bytes = 0;
        for (Node node : fixed.nodes()) {
            NodeCost cost = of(node, unused);
            costs.add(cost);
            macs = Math.addExact(macs, cost.macs());
            bytes = Math.addExact(bytes, cost.outputBytes());
        }
        return new Cost(costs, macs, trainable, buffers, bytes);
    }

    private static NodeCost of(Node node, Map<Value, Long> unused) {
        long parameters = 0;
        for (Value v : node.inputs()) {
            Long count = unused.remove(v);
            parameters = Math.addExact(parameters, count == null ? 0 : count);
        }
        long bytes = 0;
        for (Value v : node.outputs()) {
            bytes = Math.addExact(bytes, v.type().bytes());
        }
        return new NodeCost(node, macs(node), parameters, bytes);
    }

    /** The table: for each operation that multiplies, how often. */
    private static long macs(Node n) {
        return switch (n.op()) {
            case Op.Conv2d _, Op.FusedConv2d _, Op.QuantizedConv2d _, Op.Linear _ -> product(n.output(), n.input(1));
            case Op.Conv2dBackwardData _, Op.LinearBackwardData _ -> product(n.input(0), n.input(1));
            case Op.Conv2dBackwardWeights _, Op.LinearBackwardWeights _ -> product(n.input(1), n.output());
            case Op.BatchNorm _, Op.BatchNormInference _, Op.FoldBatchNorm _ -> 0;
            case Op.BatchNormBackward _, Op.BatchNormInferenceBackward _ -> 0;
            case Op.Relu _, Op.ReluBackward _, Op.Add _, Op.AddRelu _, Op.Gate _, Op.GateBackward _ -> 0;
            case Op.MaxPool _, Op.MaxPoolBackward _, Op.AvgPool _, Op.AvgPoolBackward _ -> 0;
            case Op.GlobalAvgPool _, Op.GlobalAvgPoolBackward _, Op.Flatten _, Op.FlattenBackward _ -> 0;
            case Op.PadShortcut _, Op.PadShortcutBackward _, Op.Dropout _, Op.DropoutBackward _ -> 0;
            case Op.Cast _, Op.Quantize _, Op.Dequantize _ -> 0;
            case Op.DropPath _, Op.ChannelGate _, Op.ChannelGateBackward _ -> 0;
            case Op.Softmax _, Op.SoftmaxBackward _ -> 0;
            case Op.Loss _, Op.SoftmaxCrossEntropyBackward _, Op.SigmoidCrossEntropyBackward _ -> 0;
        };
    }

    /** Elements of the result times what is summed for each: one output channel's weights. */
    private static long product(Value dst, Value weights) {
        return Math.multiplyExact(
                dst.type().shape().elements(), weights.type().shape().elementsPerEntry());
    }
}
