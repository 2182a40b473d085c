package org.resnet4j.paper;

import java.io.IOException;
import java.util.List;

/** An experiment of the paper: what it trains, and what it concludes. */
public interface Study {
    /** What it reproduces. */
    Target target();

    /**
     * The networks that it trains, each with every seed; empty if it trains none.
     *
     * @throws IllegalArgumentException if the protocol asks for what it does not have
     */
    List<Arm> arms(Protocol protocol);

    /** Compares, once all runs are there. */
    Result conclude(Evidence evidence) throws IOException;
}
