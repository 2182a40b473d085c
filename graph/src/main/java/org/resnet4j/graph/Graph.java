package org.resnet4j.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;

/**
 * A network, or a network with its backward pass: immutable data, safe to share.
 *
 * @param name of the network
 * @param inputs values that a step is given
 * @param parameters values that outlive a step
 * @param nodes operations, each after those whose results it uses
 * @param outputs values that a step gives back
 * @param updates parameters that a step replaces (running statistics), with the value that replaces each
 * @param gradients trainable parameters with the value of the loss's derivative by each; empty in a network alone
 */
public record Graph(
        String name,
        List<Value> inputs,
        List<Parameter> parameters,
        List<Node> nodes,
        List<Value> outputs,
        List<Binding> updates,
        List<Binding> gradients) {

    /**
     * A parameter and a value that belongs to it.
     *
     * @param parameter the parameter's value
     * @param value of the same shape
     */
    public record Binding(Value parameter, Value value) {}

    /** Copies the lists. */
    public Graph {
        inputs = List.copyOf(inputs);
        parameters = List.copyOf(parameters);
        nodes = List.copyOf(nodes);
        outputs = List.copyOf(outputs);
        updates = List.copyOf(updates);
        gradients = List.copyOf(gradients);
    }

    /** The node that makes each value; inputs and parameters have none. */
    public Map<Value, Node> producers() {
        Map<Value, Node> producers = new HashMap<>();
        for (Node node : nodes) {
            node.outputs().forEach(v -> producers.put(v, node));
        }
        return producers;
    }

    /** How many operands, outputs, updates and gradients each value stands in. */
    public Map<Value, Integer> uses() {
        Map<Value, Integer> uses = new HashMap<>();
        for (Node node : nodes) {
            node.inputs().forEach(v -> uses.merge(v, 1, Integer::sum));
        }
        outputs.forEach(v -> uses.merge(v, 1, Integer::sum));
        updates.forEach(b -> uses.merge(b.value(), 1, Integer::sum));
        gradients.forEach(b -> uses.merge(b.value(), 1, Integer::sum));
        return uses;
    }

    /** The output of this name; throws {@link IllegalArgumentException} that lists what there is. */
    public Value output(String name) {
        return find(outputs, name, "output");
    }

    /** The input of this name; throws {@link IllegalArgumentException} that lists what there is. */
    public Value input(String name) {
        return find(inputs, name, "input");
    }

    /** The value of this name, whoever makes it: a feature map by torchvision's module name. */
    public Value value(String name) {
        List<Value> all = new ArrayList<>(inputs);
        nodes.forEach(n -> all.addAll(n.outputs()));
        return find(all, name, "value");
    }

    private Value find(List<Value> values, String wanted, String what) {
        return values.stream()
                .filter(v -> v.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " has no " + what + " named " + wanted
                        + "; it has " + values.stream().map(Value::name).toList()));
    }

    /** This graph with the batch dimension fixed everywhere. */
    public Graph withBatch(long n) {
        return mapTypes(t -> t.withBatch(n), s -> s.withBatch(n));
    }

    /** This graph with every F32 value made of {@code type}: F64 for the oracle. */
    public Graph withFloats(DType type) {
        return mapTypes(t -> t.dtype() == DType.F32 ? t.withDType(type) : t, UnaryOperator.identity());
    }

    /** This graph with other outputs, each an existing value. */
    public Graph withOutputs(List<Value> other) {
        return new Graph(name, inputs, parameters, nodes, other, updates, gradients);
    }

    private Graph mapTypes(UnaryOperator<TensorType> types, UnaryOperator<Shape> shapes) {
        UnaryOperator<Value> f = v -> new Value(v.id(), v.name(), types.apply(v.type()));
        return mapValues(f, op -> Ops.mapShapes(op, shapes));
    }

    private Graph mapValues(UnaryOperator<Value> f, UnaryOperator<Op> ops) {
        UnaryOperator<Binding> binding = b -> new Binding(f.apply(b.parameter()), f.apply(b.value()));
        return new Graph(
                name,
                inputs.stream().map(f).toList(),
                parameters.stream()
                        .map(p -> new Parameter(f.apply(p.value()), p.trainable(), p.init()))
                        .toList(),
                nodes.stream()
                        .map(n -> new Node(
                                n.name(),
                                ops.apply(n.op()),
                                n.inputs().stream().map(f).toList(),
                                n.outputs().stream().map(f).toList()))
                        .toList(),
                outputs.stream().map(f).toList(),
                updates.stream().map(binding).toList(),
                gradients.stream().map(binding).toList());
    }

    /** The graph in words, a line a node: {@link GraphPrinter}. */
    @Override
    public String toString() {
        return GraphPrinter.print(this);
    }
}
