package org.resnet4j.metric;

/**
 * Where a share lies with 95 % confidence.
 *
 * @param low in [0, 1]
 * @param high in [0, 1]
 */
public record Interval(double low, double high) {
    /** The normal distribution's quantile of 97.5 %. */
    private static final double Z = 1.959963984540054;

    /**
     * Wilson's score interval of a share of {@code right} among {@code samples}; all of [0, 1] without samples.
     *
     * @see "Wilson 1927, Probable inference, the law of succession, and statistical inference"
     */
    public static Interval wilson(long right, long samples) {
        if (right < 0 || right > samples) {
            throw new IllegalArgumentException("0 to " + samples + " can be right, found " + right);
        }
        if (samples == 0) {
            return new Interval(0, 1);
        }
        double n = samples;
        double p = right / n;
        double middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
        double half = Z / (1 + Z * Z / n) * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
        // The ends are exact where nothing or all is right; rounding is not.
        return new Interval(right == 0 ? 0 : middle - half, right == samples ? 1 : middle + half);
    }
}
