package org.resnet4j.pass;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;

/**
 * {@link Pass#FOLD_BATCH_NORM}: the node {@code <norm>.fold} stands before the convolution and makes its weights and bias.
 *
 * <p>Only where weights, bias and statistics are parameters, so that a plan can fold once and not at each step.
 */
final class NormFolding {
    private final Edit edit;
    private final Set<Value> parameters = new HashSet<>();

    private NormFolding(Graph graph) {
        edit = new Edit(graph);
        graph.parameters().forEach(p -> parameters.add(p.value()));
    }

    /** Folds the batch norms that {@code which} is true for. */
    static Graph fold(Graph graph, Predicate<Node> which) {
        NormFolding folding = new NormFolding(graph);
        for (Node conv : graph.nodes()) {
            if (conv.op() instanceof Op.Conv2d c) {
                Node norm = folding.edit.onlyUser(conv.output());
                if (norm != null && norm.op() instanceof Op.BatchNormInference n && which.test(norm)) {
                    folding.fold(conv, c, norm, n);
                }
            }
        }
        return folding.edit.done();
    }

    private void fold(Node conv, Op.Conv2d c, Node norm, Op.BatchNormInference n) {
        List<Value> operands = new ArrayList<>();
        operands.add(conv.input(1));
        operands.addAll(norm.inputs().subList(1, norm.inputs().size()));
        if (c.bias()) {
            operands.add(conv.input(2));
        }
        if (!norm.input(0).equals(conv.output()) || !parameters.containsAll(operands)) {
            return;
        }
        String name = norm.name() + ".fold";
        Value weights = edit.fresh(name, conv.input(1).type());
        Value bias = edit.fresh(name + ".1", norm.input(1).type());
        edit.replace(
                conv,
                new Node(name, new Op.FoldBatchNorm(n.epsilon(), c.bias()), operands, List.of(weights, bias)),
                new Node(
                        conv.name(),
                        new Op.Conv2d(c.window(), c.groups(), true),
                        List.of(conv.input(0), weights, bias),
                        norm.outputs()));
        edit.remove(norm);
    }
}
