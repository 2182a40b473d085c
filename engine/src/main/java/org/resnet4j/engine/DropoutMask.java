package org.resnet4j.engine;

/**
 * Which elements a dropout keeps: a function of (key, stream, position) only, so every backend and thread count agrees.
 *
 * <p>Element {@code i} is the {@code i}-th output of a splitmix64 generator that starts at a mix of key and stream; its upper
 * 53 bits, as a number in [0, 1), are compared with the probability. Immutable and safe to share. Source: Steele, Lea, Flood
 * 2014, "Fast splittable pseudorandom number generators". Throws {@link IllegalArgumentException} for a probability outside
 * [0, 1).
 */
public final class DropoutMask {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private final long start;
    private final long threshold;

    private DropoutMask(long start, long threshold) {
        this.start = start;
        this.threshold = threshold;
    }

    /**
     * The mask of one dropout in one step.
     *
     * @param key of the step
     * @param stream of the dropout, {@code Op.Dropout.stream}
     * @param probability that an element is dropped
     */
    public static DropoutMask of(long key, int stream, double probability) {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("dropout needs a probability in [0, 1), found " + probability);
        }
        long threshold = (long) Math.ceil(probability * 0x1p53);
        return new DropoutMask(mix(mix(key) + (stream + 1L) * GOLDEN_GAMMA), threshold);
    }

    /** True if element {@code i}, counted row-major over the plain tensor, is kept. */
    public boolean keeps(long i) {
        return (mix(start + (i + 1) * GOLDEN_GAMMA) >>> 11) >= threshold;
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
