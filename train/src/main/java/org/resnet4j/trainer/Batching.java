package org.resnet4j.trainer;

/**
 * How many pictures at once. Counts below 1 throw {@link IllegalArgumentException}.
 *
 * @param size pictures of a batch of training
 * @param accumulation batches of an update, whose gradients are averaged; batch norm sees one batch at a time
 * @param evaluation pictures of a batch of the evaluation
 */
public record Batching(int size, int accumulation, int evaluation) {
    /** Checks the counts. */
    public Batching {
        atLeastOne("batch size", size);
        atLeastOne("batches of an update", accumulation);
        atLeastOne("evaluation batch size", evaluation);
    }

    private static void atLeastOne(String what, int found) {
        if (found < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, found " + found);
        }
    }

    /** An update a batch, and the evaluation in batches of the same size. */
    public static Batching of(int size) {
        return new Batching(size, 1, size);
    }
}
