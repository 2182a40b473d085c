package org.resnet4j.infer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;

/**
 * What networks answered to every picture of a set: softmax probabilities, averaged over all views, sizes and networks that were
 * added. Kept as logarithms, f32 [samples, classes], off the heap; close it. Not thread-safe.
 */
public final class Scores implements AutoCloseable {
    private final int samples;
    private final int classes;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment logs;
    private final int[] added;
    private final Map<Integer, String> unreadable = new TreeMap<>();

    private Scores(int samples, int classes) {
        this.samples = samples;
        this.classes = classes;
        this.added = new int[samples];
        this.logs = arena.allocate(
                Math.multiplyExact(Math.multiplyExact((long) Float.BYTES, samples), (long) classes), Float.BYTES);
    }

    /** Nothing added yet. */
    public static Scores of(int samples, int classes) {
        if (samples < 1 || classes < 1) {
            throw new IllegalArgumentException(
                    "scores need at least 1 sample and 1 class, found " + samples + " and " + classes);
        }
        return new Scores(samples, classes);
    }

    /** Number of pictures. */
    public int samples() {
        return samples;
    }

    /** Number of outputs. */
    public int classes() {
        return classes;
    }

    /** Why pictures could not be read, by index. */
    public Map<Integer, String> unreadable() {
        return Map.copyOf(unreadable);
    }

    /** Takes a picture out: it has no answer. */
    public void unreadable(int sample, String reason) {
        unreadable.put(sample, reason);
    }

    /** True if the picture could be read. */
    public boolean readable(int sample) {
        return !unreadable.containsKey(sample);
    }

    /** Adds the softmax of row {@code row} of f32 logits [N, classes] to a sample's probabilities. */
    public void add(int sample, MemorySegment logits, long row) {
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            max = Math.max(max, logits.getAtIndex(ValueLayout.JAVA_FLOAT, row * classes + c));
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += StrictMath.exp(logits.getAtIndex(ValueLayout.JAVA_FLOAT, row * classes + c) - max);
        }
        double norm = max + StrictMath.log(sum);
        boolean first = added[sample] == 0;
        for (int c = 0; c < classes; c++) {
            long at = (long) sample * classes + c;
            double log = logits.getAtIndex(ValueLayout.JAVA_FLOAT, row * classes + c) - norm;
            logs.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float)
                    (first ? log : logOfSum(logs.getAtIndex(ValueLayout.JAVA_FLOAT, at), log)));
        }
        added[sample]++;
    }

    /** log(e^a + e^b) without leaving the range of numbers. */
    private static double logOfSum(double a, double b) {
        double high = Math.max(a, b);
        return high == Double.NEGATIVE_INFINITY ? high : high + StrictMath.log1p(StrictMath.exp(Math.min(a, b) - high));
    }

    /** Logarithm of the mean probability of a class. */
    public double logProbability(int sample, int c) {
        return raw(sample, c) - StrictMath.log(added[sample]);
    }

    /** Mean probability of a class, in [0, 1]. */
    public double probability(int sample, int c) {
        return Math.min(1, StrictMath.exp(logProbability(sample, c)));
    }

    /** The likeliest class, the first of several; a NaN counts as likelier than any number. */
    public int answer(int sample) {
        int best = 0;
        for (int c = 1; c < classes && !Float.isNaN(raw(sample, best)); c++) {
            if (!(raw(sample, c) <= raw(sample, best))) {
                best = c;
            }
        }
        return best;
    }

    /** How many classes are likelier than this one, or as likely and before it. */
    public int rank(int sample, int label) {
        float own = raw(sample, label);
        int before = 0;
        for (int c = 0; c < classes; c++) {
            float other = raw(sample, c);
            if (!(other < own || (other == own && c >= label))) {
                before++; // a NaN on either side counts as a better class, as in training
            }
        }
        return before;
    }

    private float raw(int sample, int c) {
        if (added[sample] == 0) {
            throw new IllegalStateException("sample " + sample + " has no answer");
        }
        return logs.getAtIndex(ValueLayout.JAVA_FLOAT, (long) sample * classes + c);
    }

    @Override
    public void close() {
        arena.close();
    }
}
