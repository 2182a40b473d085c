package org.resnet4j.pass;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.resnet4j.check.Verifier;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;

/** Changes which statistics batch norms normalise by, and which parameters are trained. Stateless. */
public final class Norms {
    private Norms() {}

    /**
     * A network before gradients, of which a part is not trained.
     *
     * @param frozen parameters, by name, that stay as they are: they have no gradient, and a batch norm whose scale is among them
     *     normalises by stored statistics that do not move
     */
    public static Graph frozen(Graph graph, Predicate<String> frozen) {
        Edit edit = new Edit(graph);
        Set<Value> still = new HashSet<>();
        for (Node norm : graph.nodes()) {
            if (norm.op() instanceof Op.BatchNorm o && frozen.test(norm.input(1).name())) {
                edit.replace(
                        norm,
                        new Node(
                                norm.name(),
                                new Op.BatchNormInference(o.epsilon()),
                                norm.inputs(),
                                List.of(norm.output())));
                still.addAll(norm.outputs());
            }
        }
        Graph changed = edit.done();
        return Verifier.verify(new Graph(
                changed.name(),
                changed.inputs(),
                changed.parameters().stream()
                        .map(p -> new Parameter(p.value(), p.trainable() && !frozen.test(p.name()), p.init()))
                        .toList(),
                changed.nodes(),
                changed.outputs(),
                changed.updates().stream()
                        .filter(b -> !still.contains(b.value()))
                        .toList(),
                changed.gradients()));
    }

    /**
     * A network for inference whose batch norms normalise by the statistics of the batch, as in training; stored ones are left as they
     * are, and nothing is dropped at random.
     *
     * @param which of the batch norms, by the name of their scale
     */
    public static Graph ofBatch(Graph graph, Predicate<String> which) {
        Edit edit = new Edit(graph);
        for (Node norm : graph.nodes()) {
            if (norm.op() instanceof Op.BatchNormInference o
                    && which.test(norm.input(1).name())) {
                Value stored = norm.input(3);
                edit.replace(
                        norm,
                        new Node(
                                norm.name(),
                                new Op.BatchNorm(o.epsilon(), 0, false),
                                norm.inputs(),
                                List.of(
                                        norm.output(),
                                        edit.fresh(norm.name() + ".1", stored.type()),
                                        edit.fresh(norm.name() + ".2", stored.type()),
                                        edit.fresh(norm.name() + ".3", stored.type()),
                                        edit.fresh(norm.name() + ".4", stored.type()))));
            }
        }
        return Verifier.verify(edit.done());
    }
}
