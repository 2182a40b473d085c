package org.resnet4j.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.resnet4j.check.ShapeInference;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.TensorType;

/**
 * A graph that is rewritten, front to back, to compute part of it in shorter numbers. A value has its old wide form, a narrow one,
 * or both where both are read; what turns one into the other is made at the first reader that needs it. The graph's outputs keep
 * their names and types.
 */
abstract class TwoForms {
    final Graph graph;
    private final Set<Value> outputs;
    private final Map<Value, Value> narrow = new HashMap<>();
    private final Map<Value, Value> widened = new HashMap<>();
    private final Set<Value> made = new HashSet<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Edit ids;

    TwoForms(Graph graph) {
        this.graph = graph;
        this.outputs = new HashSet<>(graph.outputs());
        this.ids = new Edit(graph);
        made.addAll(graph.inputs());
        graph.parameters().forEach(p -> made.add(p.value()));
    }

    /** What makes the narrow form of {@code v}. */
    abstract Op narrowing(Value v);

    /** What makes the wide form of {@code v} from its narrow one. */
    abstract Op widening(Value v);

    /** The narrow form, made if need be. */
    final Value narrow(Value v) {
        Value known = narrow.get(v);
        if (known == null) {
            Op op = narrowing(v);
            known = ids.fresh(
                    v.name() + ".narrow",
                    ShapeInference.infer(op, List.of(v.type())).getFirst());
            emit(new Node(known.name(), op, List.of(wide(v)), List.of(known)));
            narrow.put(v, known);
        }
        return known;
    }

    /** The wide form, made if need be. */
    final Value wide(Value v) {
        Value from = narrow.get(v);
        if (from == null || made.contains(v)) {
            return v;
        }
        return widened.computeIfAbsent(v, _ -> {
            Value to = outputs.contains(v) ? v : ids.fresh(v.name() + ".wide", v.type());
            emit(new Node(v.name() + ".wide", widening(v), List.of(from), List.of(to)));
            return to;
        });
    }

    final boolean hasNarrow(Value v) {
        return narrow.containsKey(v);
    }

    /** A node in the place of {@code old}, with the results that {@code op} has on these operands. */
    final void put(Node old, Op op, List<Value> operands) {
        List<TensorType> types =
                ShapeInference.infer(op, operands.stream().map(Value::type).toList());
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            results.add(result(old.output(i), types.get(i)));
        }
        emit(new Node(old.name(), op, operands, results));
    }

    private Value result(Value old, TensorType type) {
        if (type.equals(old.type())) {
            return old;
        }
        Value result =
                outputs.contains(old) ? ids.fresh(old.name() + ".narrow", type) : new Value(old.id(), old.name(), type);
        narrow.put(old, result);
        return result;
    }

    private void emit(Node node) {
        nodes.add(node);
        made.addAll(node.outputs());
    }

    /** The rewritten graph, with the outputs in their wide form. */
    final Graph done() {
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
}
