package org.resnet4j.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.check.ShapeInference;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;

/**
 * {@link Pass#COMPUTE_IN_BF16}: one walk forwards. A value has its old form, a BF16 form, or both where both are read; the
 * cast between them is made at the first reader that needs it.
 */
final class HalfPrecision {
    private final Graph graph;
    private final Set<Value> outputs;
    private final Map<Value, Value> wide = new HashMap<>();
    private final Map<Value, Value> narrow = new HashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Set<Value> made = new HashSet<>();
    private final Edit ids;

    /** The last linear layer is small, and 8 bits of a logit would be few. */
    private final @Nullable Node classifier;

    private HalfPrecision(Graph graph) {
        this.graph = graph;
        this.outputs = new HashSet<>(graph.outputs());
        this.ids = new Edit(graph);
        this.made.addAll(graph.inputs());
        graph.parameters().forEach(p -> made.add(p.value()));
        this.classifier = graph.nodes().stream()
                .filter(n -> n.op() instanceof Op.Linear)
                .reduce((_, last) -> last)
                .orElse(null);
    }

    static Graph of(Graph graph) {
        return new HalfPrecision(graph).run();
    }

    private Graph run() {
        for (Node node : graph.nodes()) {
            if (!(node.op() instanceof Op.Forward op)) {
                throw new IllegalArgumentException(graph.name() + ", " + node.name()
                        + ": bf16 comes before gradients and before the passes for inference, found " + node.op());
            }
            add(node, narrowed(node, op));
        }
        graph.outputs().forEach(this::wide);
        return new Graph(
                graph.name(),
                graph.inputs(),
                graph.parameters(),
                nodes,
                graph.outputs(),
                graph.updates(),
                graph.gradients());
    }

    /** How many operands, from the first on, are read as BF16; 0 for an operation that is done in F32. */
    private int narrowed(Node node, Op.Forward op) {
        return switch (op) {
            case Op.Conv2d _, Op.BatchNorm _, Op.BatchNormInference _, Op.Relu _ -> 1;
            case Op.MaxPool _, Op.AvgPool _, Op.GlobalAvgPool _, Op.Flatten _, Op.PadShortcut _ -> 1;
            case Op.Add _, Op.AddRelu _, Op.ChannelGate _ -> 2;
            case Op.Gate _ -> 3;
            case Op.Linear _ -> node.equals(classifier) ? 0 : 1;
            case Op.Softmax _, Op.SoftmaxCrossEntropy _, Op.Dropout _, Op.DropPath _, Op.Cast _ -> 0;
        };
    }

    private void add(Node node, int count) {
        List<Value> operands = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            operands.add(i < count ? narrow(node.input(i)) : wide(node.input(i)));
        }
        List<TensorType> types = ShapeInference.infer(
                node.op(), operands.stream().map(Value::type).toList());
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            results.add(result(node.output(i), types.get(i)));
        }
        emit(new Node(node.name(), node.op(), operands, results));
    }

    private Value result(Value old, TensorType type) {
        if (type.equals(old.type())) {
            return old;
        }
        // An output keeps its name and type: a cast makes it, and what is cast takes another name.
        Value result =
                outputs.contains(old) ? ids.fresh(old.name() + ".bf16", type) : new Value(old.id(), old.name(), type);
        narrow.put(old, result);
        return result;
    }

    private Value narrow(Value v) {
        Value known = narrow.get(v);
        if (known == null && v.type().dtype() == DType.F32) {
            known = ids.fresh(v.name() + ".bf16", v.type().withDType(DType.BF16));
            emit(new Node(known.name(), new Op.Cast(DType.BF16), List.of(v), List.of(known)));
            narrow.put(v, known);
        }
        return known == null ? v : known;
    }

    private Value wide(Value v) {
        Value from = narrow.get(v);
        if (from == null || made.contains(v)) {
            return v;
        }
        Value known = wide.get(v);
        if (known == null) {
            known = outputs.contains(v) ? v : ids.fresh(v.name() + ".f32", v.type());
            emit(new Node(v.name() + ".f32", new Op.Cast(DType.F32), List.of(from), List.of(known)));
            wide.put(v, known);
        }
        return known;
    }

    private void emit(Node node) {
        nodes.add(node);
        made.addAll(node.outputs());
    }
}
