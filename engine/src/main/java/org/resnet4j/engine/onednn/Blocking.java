package org.resnet4j.engine.onednn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.resnet4j.check.ShapeInference;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;

/**
 * A batch that is run a few pictures at a time, so that what one convolution writes is still in the cache when the next one reads
 * it. For inference in short numbers: their convolutions are fast enough to wait for memory. F32 does not wait, and its late Winograd
 * layers want many pictures. The table is fixed, so that two runs do the same.
 *
 * @param graph of one block
 * @param count blocks of a batch
 */
record Blocking(Graph graph, int count) {
    /** Fewer leave threads idle in the last layers. */
    private static final long LEAST_PICTURES = 4;

    /** Smaller ones are in the cache anyway. */
    private static final long LEAST_BYTES = 3 << 20;

    static Blocking of(Graph graph) {
        long batch = batch(graph);
        long each = batch < 2 ? 0 : largestPicture(graph) / batch;
        if (each > 0) {
            for (long block = LEAST_PICTURES; block <= batch / 2; block++) {
                if (batch % block == 0 && block * each >= LEAST_BYTES) {
                    return new Blocking(rebatched(graph, block), Math.toIntExact(batch / block));
                }
            }
        }
        return new Blocking(graph, 1);
    }

    /** The batch that all inputs and outputs have; 0 if the graph is not one whose pictures are independent of each other. */
    private static long batch(Graph graph) {
        if (graph.inputs().isEmpty()
                || !graph.gradients().isEmpty()
                || !graph.updates().isEmpty()
                || graph.nodes().stream().anyMatch(n -> !isPerPicture(n.op()))) {
            return 0;
        }
        Set<Long> sizes = new HashSet<>();
        graph.inputs().forEach(v -> sizes.add(first(v)));
        graph.outputs().forEach(v -> sizes.add(first(v)));
        return sizes.size() == 1 ? sizes.iterator().next() : 0;
    }

    private static long first(Value v) {
        return v.type().shape().rank() == 0 ? 0 : v.type().shape().dim(0);
    }

    private static boolean isPerPicture(Op op) {
        return switch (op) {
            case Op.Backward _, Op.BatchNorm _, Op.Dropout _, Op.DropPath _, Op.SoftmaxCrossEntropy _ -> false;
            case Op.Forward _, Op.Fused _ -> true;
        };
    }

    /** Bytes of the largest picture of the batch; 0 if a convolution makes one of F32. */
    private static long largestPicture(Graph graph) {
        Set<Value> parameters = new HashSet<>();
        graph.parameters().stream().map(Parameter::value).forEach(parameters::add);
        long largest = 0;
        for (Node n : graph.nodes()) {
            Value v = n.output();
            boolean made = n.op() instanceof Op.Conv2d || n.op() instanceof Op.FusedConv2d;
            if (made && v.type().dtype() == DType.F32) {
                return 0;
            }
            if (!parameters.containsAll(n.inputs()) && v.type().shape().rank() == 4) {
                largest = Math.max(largest, v.type().bytes());
            }
        }
        return largest;
    }

    /** The graph with another batch: that of the inputs is given, every other type follows from what makes it. */
    private static Graph rebatched(Graph graph, long batch) {
        Map<Value, Value> changed = new HashMap<>();
        UnaryOperator<Value> now = v -> changed.getOrDefault(v, v);
        graph.inputs().forEach(v -> changed.put(v, retyped(v, v.type().withFirst(batch))));
        List<Node> nodes = new ArrayList<>();
        for (Node n : graph.nodes()) {
            List<Value> operands = n.inputs().stream().map(now).toList();
            List<TensorType> types = ShapeInference.infer(
                    n.op(), operands.stream().map(Value::type).toList());
            for (int i = 0; i < types.size(); i++) {
                changed.put(n.output(i), retyped(n.output(i), types.get(i)));
            }
            nodes.add(new Node(
                    n.name(), n.op(), operands, n.outputs().stream().map(now).toList()));
        }
        List<Value> outputs = graph.outputs().stream().map(now).toList();
        List<Value> inputs = graph.inputs().stream().map(now).toList();
        return new Graph(graph.name(), inputs, graph.parameters(), nodes, outputs, List.of(), List.of());
    }

    private static Value retyped(Value v, TensorType type) {
        return new Value(v.id(), v.name(), type);
    }
}
