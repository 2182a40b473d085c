package org.resnet4j.grad;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.check.ShapeInference;
import org.resnet4j.check.Verifier;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.TensorType;

/**
 * Adds the backward pass to a graph: for every forward operation, one row of {@link #differentiate}.
 *
 * <p>Walks the nodes backwards, keeping for each value the list of gradients that its users contributed; two or more are
 * added as soon as the value's own producer is reached. Only what leads from a trainable parameter to the loss is
 * differentiated, so frozen layers cost nothing. He et al. 2016 (section 2.1): the 1 in d(F(x) + x)/dx is the
 * {@code add} row, which passes its gradient on unchanged to both operands.
 */
public final class Gradients {
    private final Graph graph;
    private final Set<Value> needed = new HashSet<>();
    private final Map<Value, Value> gradientOf = new HashMap<>();
    private final Map<String, Integer> taken = new HashMap<>();
    private final List<Node> nodes;
    private final List<Value> inputs;
    private int nextId;

    private Gradients(Graph graph) {
        this.graph = graph;
        this.nodes = new ArrayList<>(graph.nodes());
        this.inputs = new ArrayList<>(graph.inputs());
        inputs.forEach(v -> nextId = Math.max(nextId, v.id() + 1));
        graph.parameters().forEach(p -> nextId = Math.max(nextId, p.value().id() + 1));
        graph.nodes().forEach(n -> n.outputs().forEach(v -> nextId = Math.max(nextId, v.id() + 1)));
    }

    /**
     * {@code graph} with the gradients of {@code loss} by every trainable parameter that it depends on.
     *
     * @param loss the result of a loss operation
     * @throws IllegalArgumentException if {@code loss} is not one
     */
    public static Graph of(Graph graph, Value loss) {
        return of(graph, loss, List.of());
    }

    /**
     * As {@link #of(Graph, Value)}, and the gradient by each of {@code by} becomes an output, after the graph's own and in the same
     * order.
     *
     * @throws IllegalArgumentException if {@code loss} is not one, or does not depend on one of them
     */
    public static Graph of(Graph graph, Value loss, List<Value> by) {
        Node producer = graph.producers().get(loss);
        if (producer == null || !(producer.op() instanceof Op.Loss)) {
            throw new IllegalArgumentException(graph.name() + ": gradients need the result of a loss, found " + loss
                    + "; use withSeed to differentiate any other value");
        }
        return new Gradients(graph).byParameters(loss, by);
    }

    /**
     * {@code graph} with the gradients of the sum of {@code seed * value}, where {@code seed} becomes an input
     * {@code diff.<value's name>} of the value's type.
     */
    public static Graph withSeed(Graph graph, Value value) {
        Gradients g = new Gradients(graph);
        g.seed(value);
        return g.byParameters(value, List.of());
    }

    /**
     * As {@link #withSeed(Graph, Value)}, but by other values than parameters, which have no gradients then: the gradient by each of
     * {@code by} becomes an output, after the graph's own and in the same order.
     *
     * @throws IllegalArgumentException if {@code value} does not depend on one of them
     */
    public static Graph withSeed(Graph graph, Value value, List<Value> by) {
        Gradients g = new Gradients(graph);
        g.seed(value);
        return g.byValues(value, by);
    }

    private void seed(Value value) {
        Value seed = new Value(nextId++, "diff." + value.name(), value.type());
        inputs.add(seed);
        gradientOf.put(value, seed);
    }

    private Graph byValues(Value root, List<Value> by) {
        walk(root, by);
        return Verifier.verify(new Graph(
                graph.name(), inputs, graph.parameters(), nodes, outputsWith(root, by), graph.updates(), List.of()));
    }

    /** The graph's own outputs, then the gradients by these values. */
    private List<Value> outputsWith(Value root, List<Value> by) {
        List<Value> outputs = new ArrayList<>(graph.outputs());
        for (Value v : by) {
            Value gradient = gradientOf.get(v);
            if (gradient == null) {
                throw new IllegalArgumentException(graph.name() + ": " + root + " does not depend on " + v);
            }
            outputs.add(gradient);
        }
        return outputs;
    }

    private Graph byParameters(Value root, List<Value> by) {
        List<Value> all = new ArrayList<>(by);
        graph.parameters().stream().filter(Parameter::trainable).forEach(p -> all.add(p.value()));
        walk(root, all);
        List<Graph.Binding> gradients = new ArrayList<>();
        for (Parameter p : graph.parameters()) {
            Value g = gradientOf.get(p.value());
            if (p.trainable() && g != null) {
                gradients.add(new Graph.Binding(p.value(), g));
            }
        }
        return Verifier.verify(new Graph(
                graph.name(), inputs, graph.parameters(), nodes, outputsWith(root, by), graph.updates(), gradients));
    }

    private void walk(Value root, Collection<Value> by) {
        markNeeded(by);
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Node node = graph.nodes().get(i);
            Value diffDst = gradientOf.get(node.output());
            boolean isRoot = node.output().equals(root);
            boolean leads = node.inputs().stream().anyMatch(needed::contains);
            if (node.op() instanceof Op.Forward op && leads && (diffDst != null || isRoot)) {
                differentiate(node, op, diffDst);
            }
        }
    }

    /** Values that depend on what is differentiated by. */
    private void markNeeded(Collection<Value> by) {
        needed.addAll(by);
        for (Node node : graph.nodes()) {
            if (node.inputs().stream().anyMatch(needed::contains)) {
                needed.add(node.output());
            }
        }
    }

    /** The table: what each forward operation passes back to its operands. {@code dy} is null only at a loss. */
    private void differentiate(Node n, Op.Forward op, @Nullable Value dy) {
        if (op instanceof Op.Loss loss) {
            if (dy != null) {
                throw new IllegalArgumentException(
                        graph.name() + ", " + n.name() + ": a loss is differentiated as the root only");
            }
            Op backward = switch (loss) {
                case Op.SoftmaxCrossEntropy o -> new Op.SoftmaxCrossEntropyBackward(o);
                case Op.SigmoidCrossEntropy o -> new Op.SigmoidCrossEntropyBackward(o);
            };
            give(
                    n.input(0),
                    emit(n, "backward", backward, n.input(0), n.input(1)).getFirst());
            return;
        }
        Value diff = Objects.requireNonNull(dy);
        switch (op) {
            case Op.Conv2d o -> {
                if (needed.contains(n.input(1))) {
                    Op weights =
                            new Op.Conv2dBackwardWeights(o, n.input(1).type().shape());
                    giveAll(n, 1, emit(n, "backwardWeights", weights, n.input(0), diff));
                }
                if (needed.contains(n.input(0))) {
                    Op data = new Op.Conv2dBackwardData(o, n.input(0).type().shape());
                    give(
                            n.input(0),
                            emit(n, "backwardData", data, diff, n.input(1)).getFirst());
                }
            }
            case Op.BatchNorm o -> {
                Op backward = new Op.BatchNormBackward(o);
                List<Value> results = o.relu()
                        ? emit(
                                n,
                                "backward",
                                backward,
                                n.input(0),
                                diff,
                                n.input(1),
                                n.output(1),
                                n.output(2),
                                n.output(5))
                        : emit(n, "backward", backward, n.input(0), diff, n.input(1), n.output(1), n.output(2));
                giveAll(n, 0, results);
            }
            case Op.BatchNormInference o ->
                giveAll(
                        n,
                        0,
                        emit(
                                n,
                                "backward",
                                new Op.BatchNormInferenceBackward(o),
                                n.input(0),
                                diff,
                                n.input(1),
                                n.input(3),
                                n.input(4)));
            case Op.Relu _ ->
                give(
                        n.input(0),
                        emit(n, "backward", new Op.ReluBackward(), n.output(), diff)
                                .getFirst());
            case Op.Add _ -> {
                give(n.input(0), diff);
                give(n.input(1), diff);
            }
            case Op.AddRelu _ -> {
                Value both = emit(n, "backward", new Op.ReluBackward(), n.output(), diff)
                        .getFirst();
                give(n.input(0), both);
                give(n.input(1), both);
            }
            case Op.MaxPool o -> {
                if (!o.workspace()) {
                    throw new IllegalArgumentException(graph.name() + ", " + n.name()
                            + ": max pooling keeps no workspace, so it has no gradient; build the graph for training");
                }
                Op backward = new Op.MaxPoolBackward(o, n.input(0).type().shape());
                give(
                        n.input(0),
                        emit(n, "backward", backward, n.output(1), diff).getFirst());
            }
            case Op.AvgPool o ->
                give(
                        n.input(0),
                        emit(
                                        n,
                                        "backward",
                                        new Op.AvgPoolBackward(
                                                o, n.input(0).type().shape()),
                                        diff)
                                .getFirst());
            case Op.GlobalAvgPool _ ->
                give(
                        n.input(0),
                        emit(
                                        n,
                                        "backward",
                                        new Op.GlobalAvgPoolBackward(
                                                n.input(0).type().shape()),
                                        diff)
                                .getFirst());
            case Op.Cast _ -> {
                Op back = new Op.Cast(n.input(0).type().dtype());
                give(n.input(0), emit(n, "backward", back, diff).getFirst());
            }
            case Op.Flatten _ ->
                give(
                        n.input(0),
                        emit(
                                        n,
                                        "backward",
                                        new Op.FlattenBackward(n.input(0).type().shape()),
                                        diff)
                                .getFirst());
            case Op.Linear o -> {
                if (needed.contains(n.input(1))) {
                    giveAll(n, 1, emit(n, "backwardWeights", new Op.LinearBackwardWeights(o), n.input(0), diff));
                }
                if (needed.contains(n.input(0))) {
                    give(
                            n.input(0),
                            emit(n, "backwardData", new Op.LinearBackwardData(), diff, n.input(1))
                                    .getFirst());
                }
            }
            case Op.PadShortcut o ->
                give(
                        n.input(0),
                        emit(
                                        n,
                                        "backward",
                                        new Op.PadShortcutBackward(
                                                o, n.input(0).type().shape()),
                                        diff)
                                .getFirst());
            case Op.Dropout o ->
                give(
                        n.input(0),
                        emit(n, "backward", new Op.DropoutBackward(o), n.output(1), diff)
                                .getFirst());
            case Op.DropPath o ->
                give(n.input(0), emit(n, "backward", o, diff, n.input(1)).getFirst());
            case Op.ChannelGate _ ->
                giveAll(n, 0, emit(n, "backward", new Op.ChannelGateBackward(), n.input(0), n.input(1), diff));
            case Op.Gate _ ->
                giveAll(n, 0, emit(n, "backward", new Op.GateBackward(), n.input(0), n.input(1), n.input(2), diff));
            case Op.Softmax _ ->
                give(
                        n.input(0),
                        emit(n, "backward", new Op.SoftmaxBackward(), n.output(), diff)
                                .getFirst());
            case Op.Loss _ -> throw new IllegalStateException("handled above");
        }
    }

    /** Passes {@code gradients} to as many operands, from the {@code from}-th on. */
    private void giveAll(Node n, int from, List<Value> gradients) {
        for (int i = 0; i < gradients.size(); i++) {
            give(n.input(from + i), gradients.get(i));
        }
    }

    private void give(Value to, Value gradient) {
        if (!needed.contains(to)) {
            return;
        }
        Value earlier = gradientOf.get(to);
        gradientOf.put(to, earlier == null ? gradient : sum(to, earlier, gradient));
    }

    private Value sum(Value to, Value a, Value b) {
        String name = "diff." + to.name() + ".sum";
        return emit(freshName(name), new Op.Add(), a, b).getFirst();
    }

    private String freshName(String name) {
        int n = taken.merge(name, 1, Integer::sum);
        return n == 1 ? name : name + n;
    }

    private List<Value> emit(Node forward, String what, Op op, Value... operands) {
        return emit(forward.name() + "." + what, op, operands);
    }

    private List<Value> emit(String name, Op op, Value... operands) {
        List<TensorType> types = ShapeInference.infer(
                op, List.of(operands).stream().map(Value::type).toList());
        List<Value> results = new ArrayList<>(types.size());
        for (TensorType type : types) {
            results.add(new Value(nextId++, results.isEmpty() ? name : name + "." + results.size(), type));
        }
        nodes.add(new Node(name, op, List.of(operands), results));
        return results;
    }
}
