package org.resnet4j.loader;

import java.lang.foreign.MemorySegment;

/**
 * A batch in a slot of the loader's ring, valid until the next one is asked for.
 *
 * @param epoch it belongs to, from 0
 * @param index in the epoch, from 0
 * @param count samples in it; below the batch size only in a short last batch
 * @param images f32 [batch size, 3, S, S], normalised; zeros beyond {@code count}
 * @param labels s32 [batch size]; zeros beyond {@code count}
 */
public record Batch(long epoch, int index, int count, MemorySegment images, MemorySegment labels) {}
