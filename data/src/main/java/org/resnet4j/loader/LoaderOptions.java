package org.resnet4j.loader;

import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;

/**
 * How batches are made.
 *
 * @param batchSize samples in a batch, at least 1
 * @param size height and width of the pictures that the transform gives, in pixels
 * @param transform applied to each picture
 * @param normalization applied after it
 * @param seed of order and transforms
 * @param shuffle true for a new random order each epoch, false for the set's own
 * @param dropLast true to leave out a short last batch
 * @param workers threads that make batches; 0 makes them on the thread that asks
 * @param group batches that belong together, as those of one update; with {@code dropLast} an epoch has whole groups only
 * @param repeats how often in a row a sample comes, each time transformed anew, in an epoch that is no longer for it: repeated
 *     augmentation. Hoffer et al. 2020
 */
public record LoaderOptions(
        int batchSize,
        int size,
        Transform transform,
        Normalization normalization,
        long seed,
        boolean shuffle,
        boolean dropLast,
        int workers,
        int group,
        int repeats) {
    /** Every batch for itself, every sample once. */
    public LoaderOptions(
            int batchSize,
            int size,
            Transform transform,
            Normalization normalization,
            long seed,
            boolean shuffle,
            boolean dropLast,
            int workers) {
        this(batchSize, size, transform, normalization, seed, shuffle, dropLast, workers, 1, 1);
    }

    /** Checks the counts. */
    public LoaderOptions {
        if (batchSize < 1 || size < 1 || workers < 0 || workers > 256) {
            throw new IllegalArgumentException(
                    "a loader needs a batch size and picture size of at least 1 and 0 to 256 workers, found "
                            + batchSize + ", " + size + ", " + workers);
        }
        if (group < 1 || repeats < 1 || (repeats > 1 && !shuffle)) {
            throw new IllegalArgumentException("batches come in groups of at least 1, samples at least once, and more"
                    + " often only in random order, found " + group + " and " + repeats);
        }
    }
}
