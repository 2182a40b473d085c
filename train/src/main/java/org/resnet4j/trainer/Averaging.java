package org.resnet4j.trainer;

/**
 * What is averaged beside training. Values out of range throw {@link IllegalArgumentException}.
 *
 * @param decay of the moving average of the weights, in [0, 1); 0 for none. It is evaluated too, and is what is best of the run
 * @param every steps from one update of it to the next
 * @param normBatches batches of training pictures over which the statistics of batch norm are averaged before the last evaluation
 *     of a run that patience does not end, as the paper's authors released theirs; 0 to leave the moving ones
 */
public record Averaging(double decay, int every, int normBatches) {
    /** Nothing is averaged. */
    public static final Averaging NONE = new Averaging(0, 1, 0);

    /** Checks the ranges. */
    public Averaging {
        if (!(decay >= 0 && decay < 1) || every < 1 || normBatches < 0) {
            throw new IllegalArgumentException(
                    "an average needs a decay in [0, 1), at least 1 step between updates and 0"
                            + " or more batches for batch norm, found " + decay + ", " + every + " and " + normBatches);
        }
    }

    /** True if the weights are averaged. */
    public boolean weights() {
        return decay > 0;
    }
}
