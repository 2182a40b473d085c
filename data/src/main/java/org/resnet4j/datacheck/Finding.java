package org.resnet4j.datacheck;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One thing that a check found.
 *
 * @param kind of it
 * @param detail in words, without the places
 * @param places where: one for a thing of one sample, all members of a group of copies, none for a thing of the whole set
 */
public record Finding(Kind kind, String detail, List<Place> places) {
    /** What can be found, the worst first. */
    public enum Kind {
        /** A sample that cannot be read: it ends a training, or counts as wrong. */
        UNREADABLE("cannot be read"),
        /** The same picture to train on and to evaluate with: the accuracy is too high. */
        LEAK("in both parts"),
        /** The same picture in two classes of one part. */
        CONFLICT("in two classes"),
        /** The same picture again in one part and class. */
        DUPLICATE("twice"),
        /** Nearly the same picture to train on and to evaluate with. */
        NEAR_LEAK("nearly the same in both parts"),
        /** Nearly the same picture again in one part. */
        NEAR_DUPLICATE("nearly the same"),
        /** A file that is not 8-bit RGB, and becomes it. */
        COLOURS("not 8-bit RGB"),
        /** Smaller than what the network sees: it is enlarged. */
        SMALL("smaller than the network's input"),
        /** A class without a sample in a part. */
        EMPTY_CLASS("class without a sample"),
        /** A class that only one part has. */
        MISSING_CLASS("class of one part only"),
        /** Names of classes that differ in capitals or separators only. */
        SIMILAR_NAMES("class names nearly the same"),
        /** Classes of very different sizes. */
        IMBALANCE("classes of different sizes"),
        /** A file or folder that training does not look at, or whose name does not say what it is. */
        UNUSUAL_FILE("unusual file");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        /** For people. */
        public String title() {
            return title;
        }

        /** As files and options have it: {@code near-leak}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * A sample.
     *
     * @param part name of its part
     * @param index in the part
     * @param className of its label
     * @param file that it was read from; empty for a record of a larger file
     */
    public record Place(String part, int index, String className, Optional<Path> file) {
        /** The file, or part and number. */
        @Override
        public String toString() {
            return file.map(Path::toString).orElseGet(() -> part + " sample " + index);
        }
    }

    /** Copies the list. */
    public Finding {
        places = List.copyOf(places);
    }
}
