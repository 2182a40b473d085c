package org.resnet4j.paper;

import java.util.Arrays;
import java.util.List;

/**
 * What the same experiment gave with different seeds.
 *
 * @param values one a run
 */
public record Sample(List<Double> values) {
    /** Copies the list. */
    public Sample {
        values = List.copyOf(values);
    }

    /** Of these numbers. */
    public static Sample of(double... values) {
        return new Sample(Arrays.stream(values).boxed().toList());
    }

    /** Runs. */
    public int n() {
        return values.size();
    }

    /** Their mean; NaN of none. */
    public double mean() {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** Their standard deviation with n - 1 in the denominator; NaN of fewer than two. */
    public double deviation() {
        return Math.sqrt(variance());
    }

    /** Square of the deviation. */
    double variance() {
        if (n() < 2) {
            return Double.NaN;
        }
        double mean = mean();
        return values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum() / (n() - 1);
    }

    /** Standard error of the mean. */
    public double standardError() {
        return Math.sqrt(variance() / n());
    }
}
