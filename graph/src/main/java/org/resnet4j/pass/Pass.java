package org.resnet4j.pass;

import org.resnet4j.check.GraphException;
import org.resnet4j.check.Verifier;
import org.resnet4j.graph.Graph;

/**
 * A rewrite of a graph into one that computes the same with fewer nodes or shorter numbers.
 *
 * <p>A value is fused away only if exactly one node uses it and it is no output, update or gradient. Rewrites for training run
 * before {@code grad.Gradients} adds the backward pass. Stateless. A result that breaks a rule of structure throws
 * {@link GraphException} with the pass's name.
 */
public enum Pass {
    /** Drops every node that leads to no output, update or gradient. Parameters and inputs stay. */
    DROP_DEAD_NODES,
    /**
     * Before all others and before gradients: pictures become BF16 from the input to the last linear layer, whose logits, like the
     * loss, are F32 again. Parameters stay F32, and with them their gradients and the statistics of batch norms; outputs keep
     * their types. Micikevicius et al. 2018 without loss scaling, which BF16's exponent makes needless.
     */
    COMPUTE_IN_BF16,
    /**
     * Training: batchNorm, relu become batchNorm with relu, whose sixth result is the opaque workspace. Leaves a batch norm
     * alone whose gradient is in the graph already.
     */
    FUSE_NORM_RELU,
    /** Training and inference: add, relu become add+relu. */
    FUSE_ADD_RELU,
    /**
     * Inference: conv2d, batchNormInference become foldBatchNorm on parameters, which is done once, and conv2d with bias. What
     * is left has no gradient.
     */
    FOLD_BATCH_NORM,
    /**
     * Inference: conv2d with bias and the add, the relu or both that follow it become one node. Where both operands of an add
     * are such convolutions, the one that is made last takes the other in. What is left has no gradient.
     */
    FUSE_CONV,
    /**
     * Training, before gradients: {@link #FOLD_BATCH_NORM} and {@link #FUSE_CONV} on what no trainable parameter leads to: frozen
     * layers at the front, which then cost what they cost in inference. Nothing is changed that a gradient goes through.
     */
    FUSE_FROZEN;

    private static Graph fuseFrozen(Graph graph) {
        Graph folded = NormFolding.fold(graph, Trained.none(graph));
        return ConvFusion.fuse(folded, Trained.none(folded));
    }

    /** {@code graph} rewritten and verified; the same instance if there is nothing to do. */
    public Graph apply(Graph graph) {
        Graph after = switch (this) {
            case DROP_DEAD_NODES -> DeadNodes.drop(graph);
            case COMPUTE_IN_BF16 -> HalfPrecision.of(graph);
            case FUSE_NORM_RELU -> ReluFusion.fuseNorms(graph);
            case FUSE_ADD_RELU -> ReluFusion.fuseAdds(graph);
            case FOLD_BATCH_NORM -> NormFolding.fold(graph, _ -> true);
            case FUSE_CONV -> ConvFusion.fuse(graph, _ -> true);
            case FUSE_FROZEN -> fuseFrozen(graph);
        };
        try {
            return Verifier.verify(after);
        } catch (GraphException e) {
            GraphException named = new GraphException("after " + this + ": " + e.getMessage());
            named.initCause(e);
            throw named;
        }
    }
}
