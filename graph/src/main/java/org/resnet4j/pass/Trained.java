package org.resnet4j.pass;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;

/** Which part of a graph training has an influence on: what leads from trainable parameters. */
final class Trained {
    private Trained() {}

    /** True for nodes that no trainable parameter leads to, so that no gradient goes through them. */
    static Predicate<Node> none(Graph graph) {
        Set<Value> moved = new HashSet<>();
        graph.parameters().stream().filter(Parameter::trainable).forEach(p -> moved.add(p.value()));
        for (Node node : graph.nodes()) {
            if (node.inputs().stream().anyMatch(moved::contains)) {
                moved.addAll(node.outputs());
            }
        }
        return node -> !moved.contains(node.output());
    }
}
