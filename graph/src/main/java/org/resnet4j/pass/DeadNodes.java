package org.resnet4j.pass;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Value;

/** {@link Pass#DROP_DEAD_NODES}: one walk backwards from what the graph gives out. */
final class DeadNodes {
    private DeadNodes() {}

    static Graph drop(Graph graph) {
        Set<Value> wanted = new HashSet<>(graph.outputs());
        graph.updates().forEach(b -> wanted.add(b.value()));
        graph.gradients().forEach(b -> wanted.add(b.value()));
        Edit edit = new Edit(graph);
        List<Node> backwards = graph.nodes().reversed();
        for (Node node : backwards) {
            if (node.outputs().stream().anyMatch(wanted::contains)) {
                wanted.addAll(node.inputs());
            } else {
                edit.remove(node);
            }
        }
        return edit.done();
    }
}
