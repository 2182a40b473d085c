package org.resnet4j.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.TensorType;

/**
 * A graph under a rewrite: each of its nodes stays, goes, or gives its place to others.
 *
 * <p>Uses are counted once, on the graph as it was. That is enough because a fused node makes the last value of its chain and
 * so leaves every count outside the chain as it is.
 */
final class Edit {
    private final Graph graph;
    private final Map<Value, Integer> uses;
    private final Map<Value, Node> producers;
    private final Map<Value, Node> users = new HashMap<>();
    private final Map<Node, Integer> positions = new HashMap<>();
    private final Map<Node, List<Node>> replacements = new HashMap<>();
    private int nextId;

    Edit(Graph graph) {
        this.graph = graph;
        uses = graph.uses();
        producers = graph.producers();
        for (Node node : graph.nodes()) {
            positions.put(node, positions.size());
            node.inputs().forEach(v -> users.put(v, node));
        }
        Stream.of(
                        graph.inputs().stream(),
                        graph.parameters().stream().map(Parameter::value),
                        producers.keySet().stream())
                .flatMap(s -> s)
                .forEach(v -> nextId = Math.max(nextId, Math.addExact(v.id(), 1)));
    }

    /** The node that alone uses {@code v}; null if there are others, or if the graph itself gives the value out. */
    @Nullable
    Node onlyUser(Value v) {
        return uses.getOrDefault(v, 0) == 1 ? users.get(v) : null;
    }

    /** The relu that alone uses the first result of {@code node}; null if there is none. */
    @Nullable
    Node reluAfter(Node node) {
        Node user = onlyUser(node.output());
        return user != null && user.op() instanceof Op.Relu ? user : null;
    }

    boolean isUsed(Value v) {
        return uses.containsKey(v);
    }

    /** The node that makes {@code v} in the graph as it was; null for inputs and parameters. */
    @Nullable
    Node producer(Value v) {
        return producers.get(v);
    }

    int position(Node node) {
        return positions.getOrDefault(node, -1);
    }

    Value fresh(String name, TensorType type) {
        return new Value(nextId++, name, type);
    }

    void replace(Node node, Node... others) {
        replacements.put(node, List.of(others));
    }

    void remove(Node node) {
        replacements.put(node, List.of());
    }

    /** The rewritten graph; the graph itself if nothing was changed. */
    Graph done() {
        if (replacements.isEmpty()) {
            return graph;
        }
        List<Node> nodes = new ArrayList<>();
        graph.nodes().forEach(n -> nodes.addAll(replacements.getOrDefault(n, List.of(n))));
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
