package org.resnet4j.metric;

/**
 * Totals over a number of samples; a value that a checkpoint can hold.
 *
 * @param samples how many
 * @param lossSum sum of the samples' losses
 * @param top1Errors samples whose class was not the first answer
 * @param top5Errors samples whose class was not among the first five answers
 */
public record Metrics(long samples, double lossSum, long top1Errors, long top5Errors) {
    /** Nothing counted yet. */
    public static final Metrics NONE = new Metrics(0, 0, 0, 0);

    /** Checks the counts. */
    public Metrics {
        if (samples < 0 || top1Errors < 0 || top5Errors < 0 || top1Errors > samples || top5Errors > top1Errors) {
            throw new IllegalArgumentException("impossible counts: " + samples + " samples, " + top1Errors
                    + " top-1 errors, " + top5Errors + " top-5 errors");
        }
    }

    /** Mean loss of a sample; NaN if there is none. */
    public double loss() {
        return lossSum / samples;
    }

    /** Share of top-1 errors in [0, 1]; NaN without samples. */
    public double top1Error() {
        return (double) top1Errors / samples;
    }

    /** Share of top-5 errors in [0, 1]; NaN without samples. */
    public double top5Error() {
        return (double) top5Errors / samples;
    }

    /** Top-1 accuracy in per cent, timm's {@code top1}. */
    public double top1() {
        return 100.0 * (samples - top1Errors) / samples;
    }

    /** Top-5 accuracy in per cent, timm's {@code top5}. */
    public double top5() {
        return 100.0 * (samples - top5Errors) / samples;
    }
}
