package org.resnet4j.checkpoint;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.weights.StateDict;

/**
 * A checkpoint in memory. Owns its tensors; close it.
 *
 * @param step optimiser steps done when it was written
 * @param state what the trainer wrote: JSON values by name
 * @param model parameters and buffers
 * @param optimizer the optimiser's own tensors
 * @param skipped newer checkpoints that could not be used, and why
 */
public record Checkpoint(
        long step, Map<String, @Nullable Object> state, StateDict model, StateDict optimizer, List<String> skipped)
        implements AutoCloseable {
    @Override
    public void close() {
        model.close();
        optimizer.close();
    }
}
