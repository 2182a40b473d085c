package org.resnet4j.engine;

import org.resnet4j.graph.Graph;

/**
 * Something that can run graphs: {@code ReferenceBackend}, plain loops and the oracle, or {@code OnednnBackend}, the fast one.
 * Safe for use by many threads.
 */
public interface Backend {
    /** Its name in messages and records: {@code onednn}. */
    String name();

    /**
     * Chooses implementations, layouts and memory offsets; allocates nothing of the step's memory yet.
     *
     * @param graph verified and of fixed batch size
     * @throws PlanException if the graph cannot be run here: graph, node, reason
     */
    Plan compile(Graph graph);
}
