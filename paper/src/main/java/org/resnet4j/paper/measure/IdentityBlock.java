package org.resnet4j.paper.measure;

import java.util.List;
import java.util.Map;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;

/**
 * A residual block whose shortcut is the identity, x + F(x).
 *
 * @param name of the block: {@code layer1.0}
 * @param input x, which nothing outside the block uses
 * @param sum x + F(x), before any ReLU
 */
record IdentityBlock(String name, Value input, Value sum) {
    private static final String ADD = ".add";

    /** The blocks of a network's graph, in its order; none in a plain network. Any phase, no pass applied. */
    static List<IdentityBlock> of(Graph network) {
        Map<Value, Integer> uses = network.uses();
        return network.nodes().stream()
                .filter(n -> n.op() instanceof Op.Add)
                // What a projection or zero channels make is added and nothing else; x goes through the branch as well.
                .filter(n -> uses.getOrDefault(n.input(1), 0) > 1)
                .map(n -> new IdentityBlock(
                        n.name().endsWith(ADD) ? n.name().substring(0, n.name().length() - ADD.length()) : n.name(),
                        n.input(1),
                        n.output()))
                .toList();
    }
}
