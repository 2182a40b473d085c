package org.resnet4j.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.resnet4j.random.Rng;

/**
 * Random pictures and labels, the same for both sides.
 *
 * @param images f32[size, 3, side, side] row-major
 * @param labels s32[size]
 */
record SyntheticBatch(int size, int side, MemorySegment images, MemorySegment labels) {
    static SyntheticBatch of(int size, int side, Arena in) {
        long elements = Math.multiplyExact(3L * size, (long) side * side);
        MemorySegment images = in.allocate(Math.multiplyExact(elements, (long) Float.BYTES), 64);
        MemorySegment labels = in.allocate((long) size * Integer.BYTES, 64);
        Rng rng = Rng.of(7, 0, 0);
        for (long i = 0; i < elements; i++) {
            images.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) rng.nextGaussian());
        }
        for (int i = 0; i < size; i++) {
            labels.setAtIndex(ValueLayout.JAVA_INT, i, i % 10);
        }
        return new SyntheticBatch(size, side, images, labels);
    }

    /** The first picture alone. */
    SyntheticBatch first() {
        return new SyntheticBatch(1, side, images, labels);
    }
}
