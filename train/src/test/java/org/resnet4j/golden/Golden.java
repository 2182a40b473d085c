package org.resnet4j.golden;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * The numbers that the golden files were made from: a counter-based generator by name, in float32 arithmetic in the order of the
 * script that made them.
 */
final class Golden {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private Golden() {}

    /** Where real data lies, or the test is skipped with a visible message. */
    static Path data() {
        String named = System.getenv("RESNET4J_DATA");
        Path folder = named != null ? Path.of(named) : Path.of("..", "..", "shared", "data");
        if (!Files.isDirectory(folder)) {
            System.out.println("SKIPPED: golden files are not there; set RESNET4J_DATA to the folder that has them");
        }
        Assumptions.assumeTrue(Files.isDirectory(folder), "golden files are not at " + folder);
        return folder;
    }

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
    static float[] u(String name, int n) {
        long h = fnv1a(name);
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) ((mix(h + (i + 1) * GOLDEN_GAMMA) >>> 40) / 8388608.0 - 1.0);
        }
        return out;
    }

    /** 32 positions below {@code n}. */
    static int[] pick(String name, int n) {
        long h = fnv1a(name + "#pick");
        int[] out = new int[32];
        for (int i = 0; i < out.length; i++) {
            out[i] = (int) Long.remainderUnsigned(mix(h + (i + 1) * GOLDEN_GAMMA), n);
        }
        return out;
    }

    /** A parameter by its name, its shape and the rule that the golden file's description gives. */
    static float[] value(String name, long[] dims, String rule) {
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

    /** Images and labels of batch {@code step} of CIFAR-10's first file, normalised by ImageNet's statistics in float32. */
    static float[] images(Path data, int step, int n, int[] labels) throws IOException {
        byte[] raw = Files.readAllBytes(data.resolve("cifar-10-batches-bin/data_batch_1.bin"));
        float[] mean = {0.485f, 0.456f, 0.406f};
        float[] std = {0.229f, 0.224f, 0.225f};
        float[] out = new float[n * 3072];
        for (int i = 0; i < n; i++) {
            int at = (step * n + i) * 3073;
            labels[i] = raw[at];
            for (int p = 0; p < 3072; p++) {
                int c = p / 1024;
                out[i * 3072 + p] = ((raw[at + 1 + p] & 0xff) / 255f - mean[c]) / std[c];
            }
        }
        return out;
    }
}
