package org.resnet4j.engine.reference;

import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.engine.Layout;
import org.resnet4j.engine.OutOfNativeMemoryException;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.GraphPrinter;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Parameter;

/** The graph in its own order, each value in an array of doubles. */
final class ReferencePlan implements Plan {
    private final Graph graph;
    private final Slots slots;

    ReferencePlan(Graph graph) {
        this.graph = graph;
        this.slots = Slots.of(graph);
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public List<Row> rows() {
        return graph.nodes().stream().map(this::row).toList();
    }

    private Row row(Node node) {
        long bytes = Math.multiplyExact(node.output().type().shape().elements(), (long) Double.BYTES);
        return new Row(
                node.name(),
                GraphPrinter.describe(node.op()),
                node.output().type().toString(),
                "java",
                slots.offset(node.output()),
                bytes,
                "plain");
    }

    @Override
    public long activationBytes() {
        long views = Stream.concat(graph.inputs().stream(), graph.outputs().stream())
                .mapToLong(v -> v.type().bytes())
                .sum();
        return Math.addExact(slots.bytes(), views);
    }

    @Override
    public long parameterBytes() {
        return Parameters.bytes(requests(), hasGradients());
    }

    List<Parameters.Request> requests() {
        return graph.parameters().stream().map(ReferencePlan::request).toList();
    }

    private static Parameters.Request request(Parameter p) {
        return new Parameters.Request(
                p.name(), p.value().type(), p.trainable(), p.value().type().bytes(), Layout.PLAIN);
    }

    boolean hasGradients() {
        return !graph.gradients().isEmpty();
    }

    Slots slots() {
        return slots;
    }

    @Override
    public Session open() {
        try {
            return new ReferenceSession(this);
        } catch (OutOfMemoryError e) {
            throw new OutOfNativeMemoryException(this, e);
        }
    }
}
