package org.resnet4j.check;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.ShapeException;
import org.resnet4j.tensor.TensorType;

/** Checks a whole graph; run after it is built and after every pass. */
public final class Verifier {
    private final Graph graph;
    private final Set<Value> made = new HashSet<>();
    private final Set<Integer> ids = new HashSet<>();
    private final Set<String> names = new HashSet<>();

    private Verifier(Graph graph) {
        this.graph = graph;
    }

    /**
     * Returns {@code graph} if it is sound.
     *
     * @throws GraphException if a value is used before it is made, made twice, shares id or name, or has another type than
     *     {@link ShapeInference} gives, or if a binding's types differ
     */
    public static Graph verify(Graph graph) {
        new Verifier(graph).run();
        return graph;
    }

    private void run() {
        graph.inputs().forEach(v -> define(v, "inputs"));
        graph.parameters().stream().map(Parameter::value).forEach(v -> define(v, "parameters"));
        Set<String> nodeNames = new HashSet<>();
        for (Node node : graph.nodes()) {
            require(nodeNames.add(node.name()), node.name(), "a name of its own", "two nodes of this name");
            node.inputs().forEach(v -> use(v, node.name()));
            checkTypes(node);
            node.outputs().forEach(v -> define(v, node.name()));
        }
        graph.outputs().forEach(v -> use(v, "outputs"));
        checkBindings("updates", graph.updates());
        checkBindings("gradients", graph.gradients());
    }

    private void checkTypes(Node node) {
        List<TensorType> found = node.outputs().stream().map(Value::type).toList();
        List<TensorType> expected;
        try {
            expected = ShapeInference.infer(
                    node.op(), node.inputs().stream().map(Value::type).toList());
        } catch (ShapeException e) {
            throw new GraphException(graph.name() + ", node " + node.name() + ": " + e.getMessage());
        }
        require(expected.equals(found), node.name(), "results " + expected, "" + found);
    }

    private void checkBindings(String what, List<Graph.Binding> bindings) {
        Set<Value> bound = new HashSet<>();
        for (Graph.Binding b : bindings) {
            use(b.parameter(), what);
            use(b.value(), what);
            require(bound.add(b.parameter()), b.parameter().name(), "one of the " + what, "two");
            require(
                    b.parameter().type().equals(b.value().type()),
                    b.parameter().name(),
                    "" + b.parameter().type(),
                    "" + b.value().type());
        }
    }

    private void define(Value v, String where) {
        require(made.add(v) && ids.add(v.id()), where, "each value made once with an id of its own", "" + v + " again");
        require(names.add(v.name()), where, "each value named once", "" + v + " again");
    }

    private void use(Value v, String where) {
        require(made.contains(v), where, "values that are made before", "" + v + " " + v.type());
    }

    private void require(boolean condition, String where, String expected, String found) {
        if (!condition) {
            throw new GraphException(graph.name() + ", " + where + ": expected " + expected + ", found " + found);
        }
    }
}
