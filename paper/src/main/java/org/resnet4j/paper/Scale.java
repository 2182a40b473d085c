package org.resnet4j.paper;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of the paper's schedules that is run: all lengths are shortened alike.
 *
 * @param numerator at least 1
 * @param denominator at least as large
 */
public record Scale(int numerator, int denominator) {
    /** The paper's own lengths. */
    public static final Scale WHOLE = new Scale(1, 1);

    private static final Pattern FORM = Pattern.compile("(\\d{1,6})(?:/(\\d{1,6}))?");

    /** Checks that it is a part. */
    public Scale {
        if (numerator < 1 || denominator < numerator) {
            throw new IllegalArgumentException(
                    "a scale is a part of the paper's schedule, above 0 and at most 1, found " + numerator + "/"
                            + denominator);
        }
    }

    /** {@code 1/16}, or {@code 1}. */
    public static Scale of(String text) {
        Matcher m = FORM.matcher(text.strip());
        if (!m.matches()) {
            throw new IllegalArgumentException("--scale must be like 1/16, found " + text);
        }
        return new Scale(Integer.parseInt(m.group(1)), m.group(2) == null ? 1 : Integer.parseInt(m.group(2)));
    }

    /**
     * A length on this scale, rounded down.
     *
     * @throws IllegalArgumentException if nothing is left of it
     */
    public long of(long whole) {
        long part = Math.multiplyExact(whole, (long) numerator) / denominator;
        if (part < 1) {
            throw new IllegalArgumentException(
                    "--scale " + this + " leaves nothing of " + whole + "; take a larger one");
        }
        return part;
    }

    /** In names of folders: {@code 1_16}. */
    String inNames() {
        return numerator + "_" + denominator;
    }

    /** {@code 1/16}. */
    @Override
    public String toString() {
        return denominator == 1 ? "1" : numerator + "/" + denominator;
    }
}
