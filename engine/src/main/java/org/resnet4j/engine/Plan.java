package org.resnet4j.engine;

import java.util.List;
import org.resnet4j.graph.Graph;

/**
 * A graph with everything decided: the order, the implementation of each node, where every value lies and how large it is.
 * Immutable and safe to share; holds no memory of a step.
 */
public interface Plan {
    /** The graph that is run, after the backend's own rewrites. */
    Graph graph();

    /** One row per step, in order. */
    List<Row> rows();

    /** Bytes of the block that holds activations, gradients of activations, workspaces and scratchpads of a step. */
    long activationBytes();

    /** Bytes of parameters, buffers and gradients of parameters. */
    long parameterBytes();

    /** All native bytes that a session of this plan allocates. */
    default long peakBytes() {
        return Math.addExact(activationBytes(), parameterBytes());
    }

    /**
     * Allocates a session; the caller closes it.
     *
     * @throws OutOfNativeMemoryException if the system does not give the memory; nothing is kept then
     */
    Session open();

    /**
     * A step of a plan.
     *
     * @param node the graph's node, or what the backend added ({@code layer1.0.conv1 reorder weights})
     * @param op the operation with its attributes
     * @param result type of the first result
     * @param implementation who does it: oneDNN's name, or {@code java}
     * @param offset of the first result in the step's block, in bytes; -1 if it lies elsewhere
     * @param bytes of the first result as laid out
     * @param layout of the first result: oneDNN's format, or {@code plain}
     */
    record Row(String node, String op, String result, String implementation, long offset, long bytes, String layout) {}
}
