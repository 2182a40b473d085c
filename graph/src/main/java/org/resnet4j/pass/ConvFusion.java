package org.resnet4j.pass;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;

/**
 * {@link Pass#FUSE_CONV}. A convolution with only a relu stays where it is; one that takes an addend in moves to the place of
 * the addition, where both operands are there whatever their order was.
 */
final class ConvFusion {
    private final Edit edit;

    private ConvFusion(Graph graph) {
        edit = new Edit(graph);
    }

    /** Fuses what ends in nodes that {@code which} is true for. */
    static Graph fuse(Graph graph, Predicate<Node> which) {
        ConvFusion fusion = new ConvFusion(graph);
        for (Node node : graph.nodes()) {
            if (!which.test(node)) {
                continue;
            }
            switch (node.op()) {
                case Op.Relu _ -> fusion.relu(node);
                case Op.AddRelu _ -> fusion.sum(node, null);
                case Op.Add _ -> fusion.sum(node, fusion.edit.reluAfter(node));
                default -> {} // everything else ends no chain
            }
        }
        return fusion.edit.done();
    }

    private void relu(Node relu) {
        Node conv = fusible(relu.input(0));
        if (conv != null) {
            edit.replace(conv, fused(conv, null, relu, true));
            edit.remove(relu);
        }
    }

    /** {@code add} may be an addition with relu, and {@code relu} one that follows it. */
    private void sum(Node add, @Nullable Node relu) {
        Node conv = add.inputs().stream()
                .flatMap(v -> Stream.ofNullable(fusible(v)))
                .max(Comparator.comparingInt(edit::position))
                .orElse(null);
        if (conv == null) {
            return;
        }
        Value addend = add.input(0).equals(conv.output()) ? add.input(1) : add.input(0);
        edit.remove(conv);
        edit.replace(
                add, fused(conv, addend, relu == null ? add : relu, relu != null || add.op() instanceof Op.AddRelu));
        if (relu != null) {
            edit.remove(relu);
        }
    }

    /** The convolution with bias that makes {@code v} for one user alone. */
    private @Nullable Node fusible(Value v) {
        Node producer = edit.producer(v);
        return producer != null && producer.op() instanceof Op.Conv2d c && c.bias() && edit.onlyUser(v) != null
                ? producer
                : null;
    }

    private static Node fused(Node conv, @Nullable Value addend, Node last, boolean relu) {
        List<Value> operands = new ArrayList<>(conv.inputs());
        if (addend != null) {
            operands.add(addend);
        }
        if (!(conv.op() instanceof Op.Conv2d c)) {
            throw new IllegalArgumentException(conv.name() + " is no convolution but " + conv.op());
        }
        return new Node(conv.name(), new Op.FusedConv2d(c, addend != null, relu), operands, last.outputs());
    }
}
