package org.resnet4j.golden;

import java.util.Locale;

/**
 * How far a tensor lies from the truth.
 *
 * @param tensor its name
 * @param at index of the worst element
 * @param expected the truth there
 * @param found what was computed there
 * @param largest largest magnitude in the truth
 * @param bound on the difference
 */
record Deviation(String tensor, int at, double expected, double found, double largest, double bound) {
    /** Bounds, by tensor. */
    interface Bounds {
        double of(String tensor, double largest);
    }

    /** The worst element; one that is no number is worse than any. */
    static Deviation of(String tensor, double[] expected, double[] found, Bounds bounds) {
        if (expected.length != found.length) {
            throw new IllegalArgumentException(
                    tensor + " has " + expected.length + " elements in the file, " + found.length + " here");
        }
        int at = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            if (!(Math.abs(expected[i] - found[i]) <= Math.abs(expected[at] - found[at]))) {
                at = i;
            }
        }
        return new Deviation(tensor, at, expected[at], found[at], largest, bounds.of(tensor, largest));
    }

    double absolute() {
        return Math.abs(expected - found);
    }

    double relative() {
        return absolute() / largest;
    }

    boolean withinBound() {
        return absolute() <= bound;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: element %d is %.17g, expected %.17g; off by %.3g, bound %.3g, largest %.3g",
                tensor,
                at,
                found,
                expected,
                absolute(),
                bound,
                largest);
    }
}
