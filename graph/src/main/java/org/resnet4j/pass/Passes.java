package org.resnet4j.pass;

import java.util.List;
import org.resnet4j.graph.Graph;

/** Runs passes in order, and knows the usual orders. */
public final class Passes {
    private Passes() {}

    /** {@code graph} after each of {@code passes} in turn. */
    public static Graph run(Graph graph, List<Pass> passes) {
        Graph current = graph;
        for (Pass pass : passes) {
            current = pass.apply(current);
        }
        return current;
    }

    /**
     * A network that gradients will be added to, in this precision.
     *
     * @throws IllegalArgumentException if it is one for inference only
     */
    public static Graph forTraining(Graph graph, Precision precision) {
        if (precision == Precision.INT8) {
            throw new IllegalArgumentException(graph.name() + ": training is done in fp32 or bf16, found " + precision
                    + "; quantize what was trained");
        }
        return run(precision == Precision.BF16 ? Pass.COMPUTE_IN_BF16.apply(graph) : graph, forTraining());
    }

    /** A network that is run forward only, in FP32 or BF16; {@link Quantization} makes INT8 of the former. */
    public static Graph forInference(Graph graph, Precision precision) {
        if (precision == Precision.INT8) {
            throw new IllegalArgumentException(
                    graph.name() + ": int8 needs the ranges of a calibration; quantize the network first");
        }
        return run(precision == Precision.BF16 ? Pass.COMPUTE_IN_BF16.apply(graph) : graph, forInference());
    }

    /** For a graph that gradients will be added to: every result still has one. */
    public static List<Pass> forTraining() {
        return List.of(Pass.DROP_DEAD_NODES, Pass.FUSE_FROZEN, Pass.FUSE_NORM_RELU, Pass.FUSE_ADD_RELU);
    }

    /** For a graph that is run forward only; the last pass takes the additions that no convolution could. */
    public static List<Pass> forInference() {
        return List.of(Pass.DROP_DEAD_NODES, Pass.FOLD_BATCH_NORM, Pass.FUSE_CONV, Pass.FUSE_ADD_RELU);
    }
}
