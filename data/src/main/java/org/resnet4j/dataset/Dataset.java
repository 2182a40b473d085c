package org.resnet4j.dataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.resnet4j.image.Image;
import org.resnet4j.random.Rng;

/** Labelled pictures by index. Safe for use by many threads; sample {@code i} never changes. */
public interface Dataset {
    /** What it is and where it came from, for people. */
    String description();

    /** Number of samples. */
    int size();

    /** Names of the classes; a label is an index into it. */
    List<String> classNames();

    /** Class of sample {@code i}. */
    int label(int i);

    /** Picture of sample {@code i}; throws if its file cannot be read. */
    Image image(int i) throws IOException;

    /** File of sample {@code i}; empty where it is a record of a larger file, or of none. */
    default Optional<Path> file(int i) {
        return Optional.empty();
    }

    /** These samples, in this order. */
    default Dataset subset(String what, int... indices) {
        return new Subset(this, what, indices);
    }

    /** The first {@code n} samples, or all if there are fewer. */
    default Dataset first(int n) {
        return n >= size() ? this : subset("first " + n, IntStream.range(0, n).toArray());
    }

    /**
     * Two parts without a common sample: the second has {@code validation} samples, drawn by {@code seed}. Both keep the order of
     * this set.
     *
     * @throws IllegalArgumentException if nothing would be left to train on
     */
    default List<Dataset> split(int validation, long seed) {
        if (validation < 1 || validation >= size()) {
            throw new IllegalArgumentException(description() + ": a validation part of 1 to " + (size() - 1)
                    + " samples can be split off, found " + validation);
        }
        int[] order = Rng.of(seed, Rng.key("split")).permutation(size());
        boolean[] held = new boolean[size()];
        for (int i = 0; i < validation; i++) {
            held[order[i]] = true;
        }
        int[] train = IntStream.range(0, size()).filter(i -> !held[i]).toArray();
        int[] rest = IntStream.range(0, size()).filter(i -> held[i]).toArray();
        return List.of(subset("training part", train), subset("validation part", rest));
    }
}
