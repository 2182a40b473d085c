package org.resnet4j.optim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.resnet4j.engine.Parameters;

/**
 * Adds up the gradients of several batches and leaves their mean where the session has its own. Owns one block as large as the
 * gradients; {@link #close} frees it. Not thread-safe.
 */
public final class GradientSum implements AutoCloseable {
    private final Parameters parameters;
    private final int batches;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment sum;
    private int added;

    private GradientSum(Parameters parameters, int batches, long bytes) {
        this.parameters = parameters;
        this.batches = batches;
        this.sum = arena.allocate(bytes, Parameters.ALIGNMENT);
    }

    /** Of so many batches; one batch needs no memory and changes nothing. */
    public static GradientSum of(Parameters parameters, int batches) {
        return new GradientSum(parameters, batches, bytes(parameters.gradients().byteSize(), batches));
    }

    /** Bytes that {@link #of} would allocate for parameters of which so many bytes are trained. */
    public static long bytes(long trainableBytes, int batches) {
        return batches == 1 ? 0 : trainableBytes;
    }

    /** Takes the gradients of a batch; after the last of a step the session's gradients are the mean. */
    public void add() {
        if (batches == 1) {
            return;
        }
        if (added == 0) {
            sum.copyFrom(parameters.gradients());
        } else {
            FlatBlocks.add(sum, parameters.gradients());
        }
        added++;
        if (added == batches) {
            FlatBlocks.scale(sum, 1f / batches);
            parameters.gradients().copyFrom(sum);
            added = 0;
        }
    }

    /** Frees the block. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
