package org.resnet4j.quantize;

import java.util.Arrays;
import java.util.Locale;

/** How a value's histogram becomes the magnitude that the largest byte stands for. */
public enum Method {
    /** The largest magnitude seen: nothing is cut off. */
    MINMAX,
    /** The magnitude that a given share of the numbers does not exceed. */
    PERCENTILE,
    /**
     * The magnitude at which the distribution of what bytes can say is least far from that of what was seen, by Kullback and
     * Leibler's divergence; numbers above it count as the last step, zeros not at all. Migacz 2017, "8-bit inference with TensorRT".
     */
    KL;

    /** Levels of a byte's magnitude that the divergence is measured at. */
    private static final int LEVELS = 128;

    /** The method of this name; throws {@link IllegalArgumentException} that lists them. */
    public static Method of(String name) {
        for (Method m : values()) {
            if (m.toString().equals(name.toLowerCase(Locale.ROOT))) {
                return m;
            }
        }
        throw new IllegalArgumentException("a method is one of " + Arrays.toString(values()) + ", found " + name);
    }

    /**
     * What the largest byte is to stand for.
     *
     * @param percentile of {@link #PERCENTILE}, in (0, 100]
     */
    public double magnitude(Histogram h, double percentile) {
        return switch (this) {
            case MINMAX -> h.largest();
            case PERCENTILE -> percentile(h, percentile);
            case KL -> nearest(h);
        };
    }

    private static double percentile(Histogram h, double percentile) {
        long within = (long) Math.ceil(h.total() * percentile / 100);
        long seen = 0;
        for (int i = 0; i < Histogram.STEPS; i++) {
            seen += h.count(i);
            if (seen >= within) {
                return h.end(i);
            }
        }
        return h.largest();
    }

    private static double nearest(Histogram h) {
        if (h.zeros() == h.total()) {
            return 0;
        }
        double least = Double.POSITIVE_INFINITY;
        int best = Histogram.STEPS - 1;
        for (int end = LEVELS; end <= Histogram.STEPS; end++) {
            double divergence = divergence(h, end);
            if (divergence < least) {
                least = divergence;
                best = end - 1;
            }
        }
        return h.end(best);
    }

    /** Between the first {@code end} steps, with all beyond in the last of them, and those steps at {@link #LEVELS} levels. */
    private static double divergence(Histogram h, int end) {
        double[] seen = new double[end];
        double inside = 0;
        for (int i = 0; i < end; i++) {
            seen[i] = i == 0 ? h.count(0) - h.zeros() : h.count(i);
            inside += seen[i];
        }
        double[] said = levelled(seen);
        double all = h.total() - h.zeros();
        seen[end - 1] += all - inside;
        double sum = 0;
        for (int i = 0; i < end; i++) {
            if (seen[i] > 0) {
                if (said[i] == 0) {
                    return Double.POSITIVE_INFINITY; // bytes cannot say what was seen
                }
                sum += seen[i] * Math.log((seen[i] / all) / (said[i] / inside));
            }
        }
        return sum / all;
    }

    /** Each level's numbers spread evenly over those of its steps that have any. */
    private static double[] levelled(double[] seen) {
        double[] said = new double[seen.length];
        for (int level = 0; level < LEVELS; level++) {
            int from = (int) ((long) level * seen.length / LEVELS);
            int to = (int) ((long) (level + 1) * seen.length / LEVELS);
            double sum = 0;
            int used = 0;
            for (int i = from; i < to; i++) {
                sum += seen[i];
                used += seen[i] > 0 ? 1 : 0;
            }
            for (int i = from; i < to; i++) {
                said[i] = seen[i] > 0 ? sum / used : 0;
            }
        }
        return said;
    }

    /** In lower case, as options and files have it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
