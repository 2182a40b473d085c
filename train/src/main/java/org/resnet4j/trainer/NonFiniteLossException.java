package org.resnet4j.trainer;

import java.util.Locale;

/** A loss, gradient or weight that is no finite number: which step, what rate, where it was first seen. */
public final class NonFiniteLossException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Which part of a step. */
    public enum Kind {
        /** The network or its loss. */
        FORWARD,
        /** The gradients. */
        BACKWARD,
        /** The weights after the optimiser. */
        UPDATE;

        /** In lower case. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where it happened.
     *
     * @param step number of the update, from 1
     * @param kind part of the step
     * @param lr learning rate of the step
     * @param loss of the step
     * @param node first node or parameter with such a number
     */
    public record Place(long step, Kind kind, double lr, double loss, String node) {}

    private final transient Place place;

    NonFiniteLossException(Place place) {
        super("step " + place.step() + ", " + place.kind() + ": finite numbers are expected, the first other is at "
                + place.node() + " (loss " + place.loss() + ", learning rate " + place.lr()
                + "); the last checkpoint is untouched; try a lower learning rate or a warm-up");
        this.place = place;
    }

    /** Where it happened. */
    public Place place() {
        return place;
    }
}
