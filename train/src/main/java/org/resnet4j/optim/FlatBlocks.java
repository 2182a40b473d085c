package org.resnet4j.optim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Single passes over blocks of F32; padding is zero and stays so. Stateless. */
final class FlatBlocks {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    private FlatBlocks() {}

    private static long elements(MemorySegment block) {
        return block.byteSize() / Float.BYTES;
    }

    /** Euclidean norm, added up in double. */
    static double norm(MemorySegment block) {
        double sum = 0;
        for (long i = 0; i < elements(block); i++) {
            double x = block.getAtIndex(F32, i);
            sum += x * x;
        }
        return Math.sqrt(sum);
    }

    /** block *= factor. */
    static void scale(MemorySegment block, float factor) {
        for (long i = 0; i < elements(block); i++) {
            block.setAtIndex(F32, i, factor * block.getAtIndex(F32, i));
        }
    }

    /** sum += block. */
    static void add(MemorySegment sum, MemorySegment block) {
        for (long i = 0; i < elements(sum); i++) {
            sum.setAtIndex(F32, i, sum.getAtIndex(F32, i) + block.getAtIndex(F32, i));
        }
    }

    /** average += share * (block - average). */
    static void approach(MemorySegment average, MemorySegment block, float share) {
        for (long i = 0; i < elements(average); i++) {
            float a = average.getAtIndex(F32, i);
            average.setAtIndex(F32, i, a + share * (block.getAtIndex(F32, i) - a));
        }
    }
}
