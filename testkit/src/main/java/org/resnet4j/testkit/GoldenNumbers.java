package org.resnet4j.testkit;

import java.nio.charset.StandardCharsets;

/**
 * The numbers that golden files are made from: a counter-based generator by name, so that no file of weights is needed. Float32
 * arithmetic in the order of the script that made the files, bit for bit. Stateless.
 */
public final class GoldenNumbers {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private GoldenNumbers() {}

    private static long fnv1a(String name) {
        long h = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ (b & 0xff)) * 0x100000001b3L;
        }
        return h;
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }

    /** {@code n} numbers in [-1, 1). */
    public static float[] u(String name, int n) {
        long h = fnv1a(name);
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) ((mix(h + (i + 1) * GOLDEN_GAMMA) >>> 40) / 8388608.0 - 1.0);
        }
        return out;
    }

    /** 32 positions below {@code n}. */
    public static int[] pick(String name, int n) {
        long h = fnv1a(name + "#pick");
        int[] out = new int[32];
        for (int i = 0; i < out.length; i++) {
            out[i] = (int) Long.remainderUnsigned(mix(h + (i + 1) * GOLDEN_GAMMA), n);
        }
        return out;
    }

    /** A parameter by its name, its shape and the rule that the golden file's description gives. */
    public static float[] value(String name, long[] dims, String rule) {
        int n = 1;
        for (long d : dims) {
            n = Math.toIntExact(n * d);
        }
        double fan = dims.length > 1 ? (double) n / dims[0] : 1;
        float[] x = u(name, n);
        float he = (float) Math.sqrt(6.0 / fan);
        float fc = (float) (1.0 / Math.sqrt(fan));
        for (int i = 0; i < n; i++) {
            x[i] = switch (rule) {
                case "he_uniform" -> he * x[i];
                case "fc_uniform" -> x[i] * fc;
                case "small" -> 0.1f * x[i];
                case "one" -> 1f + 0.1f * x[i];
                case "quarter" -> 0.25f * (1f + 0.1f * x[i]);
                case "variance" -> 1f + 0.5f * Math.abs(x[i]);
                default -> throw new IllegalArgumentException("no rule " + rule);
            };
        }
        return x;
    }
}
