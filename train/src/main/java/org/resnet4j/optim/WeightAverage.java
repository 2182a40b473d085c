package org.resnet4j.optim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.resnet4j.engine.Parameters;

/**
 * An exponential moving average of a session's parameters and buffers: {@code average += (1 - decay) (value - average)}. Owns one
 * block laid out as the values; {@link #close} frees it. Not thread-safe. Source: timm's {@code ModelEmaV3} without warm-up.
 */
public final class WeightAverage implements AutoCloseable {
    private final Parameters parameters;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment block;

    private WeightAverage(Parameters parameters) {
        this.parameters = parameters;
        this.block = arena.allocate(parameters.values().byteSize(), Parameters.ALIGNMENT);
    }

    /** Of these parameters; holds zeros until {@link #restart}. */
    public static WeightAverage of(Parameters parameters) {
        return new WeightAverage(parameters);
    }

    /** Begins with the values as they are now. */
    public void restart() {
        block.copyFrom(parameters.values());
    }

    /** Moves towards the values as they are now. */
    public void update(double decay) {
        FlatBlocks.approach(block, parameters.values(), (float) (1 - decay));
    }

    /** The average, laid out as the values; valid until {@link #close}. */
    public MemorySegment block() {
        return block;
    }

    /** Frees the block. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
