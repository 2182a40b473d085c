package org.resnet4j.trainer;

import java.util.Locale;
import java.util.Objects;

/**
 * How long to train.
 *
 * @param count of units, at least 1
 * @param unit what is counted
 */
public record Length(long count, Unit unit) {
    /** What a length is counted in. */
    public enum Unit {
        /** Updates of the weights: the paper's iterations. */
        STEPS,
        /** Passes over the training data. */
        EPOCHS;

        /** As in files: {@code steps}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Checks the count. */
    public Length {
        Objects.requireNonNull(unit);
        if (count < 1) {
            throw new IllegalArgumentException("training takes at least 1 of its " + unit + ", found " + count);
        }
    }

    /** So many updates. */
    public static Length steps(long count) {
        return new Length(count, Unit.STEPS);
    }

    /** So many passes. */
    public static Length epochs(long count) {
        return new Length(count, Unit.EPOCHS);
    }

    /** The number of updates. */
    public long inSteps(int stepsPerEpoch) {
        return switch (unit) {
            case STEPS -> count;
            case EPOCHS -> Math.multiplyExact(count, (long) stepsPerEpoch);
        };
    }
}
