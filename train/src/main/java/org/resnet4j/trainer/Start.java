package org.resnet4j.trainer;

import java.io.IOException;
import org.resnet4j.engine.Parameters;
import org.resnet4j.graph.Graph;

/** Where the weights come from before step 1. The same call must give the same numbers: resuming before the first checkpoint repeats it. */
@FunctionalInterface
public interface Start {
    /** {@link Initializer}'s random numbers. */
    Start RANDOM = Initializer::fill;

    /** Sets every parameter and buffer of {@code graph}. */
    void fill(Graph graph, Parameters parameters, long seed) throws IOException;
}
