package org.resnet4j.bench;

/** One side of a comparison: does the same work as the other, on the same weights and the same batch. */
interface Contestant extends AutoCloseable {
    /** One whole training step: gradients from nothing, forward, backward, update; returns the loss before the update. */
    double step();

    @Override
    void close();
}
