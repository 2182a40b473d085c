package org.resnet4j.paper;

import java.util.Locale;

/** What a number is of. */
public enum Quantity {
    /** Share of pictures whose class was not the first answer, after training. */
    TOP1_ERROR("top-1 error", "%", 2),
    /** Share of pictures whose class was not among the first five answers. */
    TOP5_ERROR("top-5 error", "%", 2),
    /** Share of wrong answers in the mini-batches as they are trained on. */
    TRAINING_ERROR("training error", "%", 2),
    /** Trainable numbers, in millions. */
    PARAMETERS("parameters", "M", 3),
    /** Multiply-adds of convolutions and the last layer for one picture, in thousands of millions. */
    MULTIPLY_ADDS("multiply-adds", "G", 3);

    private final String words;
    private final String unit;
    private final int decimals;

    Quantity(String words, String unit, int decimals) {
        this.words = words;
        this.unit = unit;
        this.decimals = decimals;
    }

    /** Of the numbers: {@code %}. */
    public String unit() {
        return unit;
    }

    /** A number with the decimals that are worth showing, without its unit. */
    public String format(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** As in reports: {@code top-1 error}. */
    @Override
    public String toString() {
        return words;
    }
}
