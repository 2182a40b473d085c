package org.resnet4j.metric;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether answers are right as often as they claim: samples sorted by the probability of their first answer into bins of equal
 * width, each open below and closed above. Not thread-safe.
 *
 * @see "Guo, Pleiss, Sun, Weinberger 2017, On calibration of modern neural networks, equation 3"
 */
public final class Calibration {
    /** Bins that Guo et al. use. */
    public static final int BINS = 15;

    private final long[] samples = new long[BINS];
    private final long[] right = new long[BINS];
    private final double[] confidence = new double[BINS];

    /**
     * A bin.
     *
     * @param low probability that it begins above
     * @param high probability that it ends with
     * @param samples in it
     * @param accuracy share of right ones; NaN without samples
     * @param confidence their mean probability; NaN without samples
     */
    public record Bin(double low, double high, long samples, double accuracy, double confidence) {}

    private Calibration() {}

    /** Nothing counted yet. */
    public static Calibration empty() {
        return new Calibration();
    }

    /** Counts an answer of this probability. */
    public void add(double probability, boolean correct) {
        if (!(probability >= 0 && probability <= 1 + 1e-6)) {
            throw new IllegalArgumentException("a probability is needed, found " + probability);
        }
        int bin = Math.clamp((int) Math.ceil(probability * BINS) - 1, 0, BINS - 1);
        samples[bin]++;
        right[bin] += correct ? 1 : 0;
        confidence[bin] += probability;
    }

    /** All bins, the lowest first. */
    public List<Bin> bins() {
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < BINS; i++) {
            bins.add(new Bin(
                    (double) i / BINS,
                    (double) (i + 1) / BINS,
                    samples[i],
                    (double) right[i] / samples[i],
                    confidence[i] / samples[i]));
        }
        return bins;
    }

    /** Expected calibration error in [0, 1]: by how much accuracy and confidence differ, in the mean over samples; NaN without any. */
    public double error() {
        long all = 0;
        double sum = 0;
        for (int i = 0; i < BINS; i++) {
            all += samples[i];
            sum += Math.abs(right[i] - confidence[i]);
        }
        return sum / all;
    }
}
