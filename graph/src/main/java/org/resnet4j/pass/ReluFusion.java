package org.resnet4j.pass;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.DType;

/** {@link Pass#FUSE_NORM_RELU} and {@link Pass#FUSE_ADD_RELU}: the fused node stands where the first of the two stood. */
final class ReluFusion {
    private ReluFusion() {}

    static Graph fuseNorms(Graph graph) {
        Edit edit = new Edit(graph);
        for (Node norm : graph.nodes()) {
            Node relu = edit.reluAfter(norm);
            // The batch's own statistics are used by a gradient only; fused after that, the workspace would be made for
            // nobody.
            if (norm.op() instanceof Op.BatchNorm o
                    && !o.relu()
                    && relu != null
                    && !edit.isUsed(norm.output(1))
                    && !edit.isUsed(norm.output(2))) {
                List<Value> results = new ArrayList<>(norm.outputs());
                results.set(0, relu.output());
                results.add(edit.fresh(norm.name() + ".5", norm.output().type().withDType(DType.U8)));
                Op fused = new Op.BatchNorm(o.epsilon(), o.momentum(), true);
                edit.replace(norm, new Node(norm.name(), fused, norm.inputs(), results));
                edit.remove(relu);
            }
        }
        return edit.done();
    }

    static Graph fuseAdds(Graph graph) {
        Edit edit = new Edit(graph);
        for (Node add : graph.nodes()) {
            Node relu = edit.reluAfter(add);
            if (add.op() instanceof Op.Add && relu != null) {
                edit.replace(add, new Node(add.name(), new Op.AddRelu(), add.inputs(), relu.outputs()));
                edit.remove(relu);
            }
        }
        return edit.done();
    }
}
