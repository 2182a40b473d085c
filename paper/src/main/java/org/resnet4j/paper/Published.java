package org.resnet4j.paper;

import java.util.Locale;
import java.util.Objects;

/**
 * A number that the paper prints.
 *
 * @param place where: {@code Table 6}
 * @param subject of what, in the paper's words: {@code ResNet-20}
 * @param quantity what was counted or measured
 * @param value as printed, in the quantity's unit
 * @param decimals that are printed
 * @param runs that it is the mean of; 1 where the paper says nothing of more
 * @param deviation over those runs; NaN where none is printed
 */
public record Published(
        String place, String subject, Quantity quantity, double value, int decimals, int runs, double deviation) {
    /** Checks the counts. */
    public Published {
        Objects.requireNonNull(place);
        Objects.requireNonNull(subject);
        Objects.requireNonNull(quantity);
        if (decimals < 0 || decimals > 9 || runs < 1 || (runs == 1 && !Double.isNaN(deviation))) {
            throw new IllegalArgumentException(place + ", " + subject + ": a published number has 0 to 9 decimals, at"
                    + " least one run, and a deviation only of several, found " + decimals + ", " + runs + ", "
                    + deviation);
        }
    }

    /** The result of one run, as far as the paper says. */
    public static Published of(String place, String subject, Quantity quantity, double value, int decimals) {
        return new Published(place, subject, quantity, value, decimals, 1, Double.NaN);
    }

    /** True if {@code exact} becomes this number where it is rounded to as many decimals; half a unit of the last belongs to both. */
    public boolean isRounded(double exact) {
        double half = 0.5 * Math.pow(10, -decimals);
        return Math.abs(exact - value) <= half * (1 + 1e-9);
    }

    /** As printed, with its deviation where there is one, without its unit. */
    public String printed() {
        String number = "%." + decimals + "f";
        return String.format(Locale.ROOT, number, value)
                + (Double.isNaN(deviation) ? "" : " ± " + String.format(Locale.ROOT, number, deviation));
    }
}
