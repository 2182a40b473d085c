package org.resnet4j.random;

import java.nio.charset.StandardCharsets;

/**
 * A stream of random numbers keyed by whatever identifies its use: a seed and, say, an epoch and a sample's index. The same
 * key, the same numbers, on any thread and machine. Keys are mixed one after another by splitmix64's finaliser, the numbers are
 * its sequence. Steele, Lea and Flood 2014. Not thread-safe; cheap to make.
 */
public final class Rng {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    private Rng(long state) {
        this.state = state;
    }

    /** The stream of these keys; their order matters. */
    public static Rng of(long seed, long... keys) {
        long state = mix(seed + GOLDEN_GAMMA);
        for (long key : keys) {
            state = mix(state + mix(key + GOLDEN_GAMMA) + GOLDEN_GAMMA);
        }
        return new Rng(state);
    }

    /** A key made of a name: FNV-1a over its UTF-8 bytes. */
    public static long key(String name) {
        long h = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ (b & 0xff)) * 0x100000001b3L;
        }
        return h;
    }

    /** 64 random bits. */
    public long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** Uniform from 0 to {@code bound} - 1; {@code bound} at least 1. */
    public int nextInt(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("a bound must be at least 1, found " + bound);
        }
        // The high half of a 64 x 32 bit product; its bias is below 2^-32.
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** Uniform in [0, 1), a multiple of 2^-53. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }

    /** Uniform in [low, high). */
    public double nextDouble(double low, double high) {
        return low + (high - low) * nextDouble();
    }

    /** True half of the time. */
    public boolean nextBoolean() {
        return nextLong() < 0;
    }

    /** Normal with mean 0 and deviation 1; Box and Muller's transform, the cosine half. */
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * nextDouble());
    }

    /** 0 to n - 1 in random order; Fisher and Yates. */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
