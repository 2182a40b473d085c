package org.resnet4j.paper;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How long a network is trained in the paper, and when its rate falls. */
public sealed interface Course {
    /** The options of {@code resnet train} for this part of it. */
    List<String> words(Scale scale);

    /** In words, for this part of it. */
    String describe(Scale scale);

    /**
     * A number of iterations; the rate falls after others.
     *
     * @param steps of the paper
     * @param milestones of the paper, in steps
     */
    record Steps(long steps, List<Long> milestones) implements Course {
        /** 64,000 iterations, falls after 32,000 and 48,000: section 4.2. */
        public static final Steps CIFAR = new Steps(64_000, List.of(32_000L, 48_000L));

        /** Copies the list. */
        public Steps {
            milestones = List.copyOf(milestones);
        }

        @Override
        public List<String> words(Scale scale) {
            String falls =
                    milestones.stream().map(m -> Long.toString(scale.of(m))).collect(Collectors.joining(","));
            return List.of("--steps", Long.toString(scale.of(steps)), "--decay-milestones", falls);
        }

        @Override
        public String describe(Scale scale) {
            return Numbers.grouped(scale.of(steps)) + " iterations, the rate divided by 10 after "
                    + milestones.stream().map(m -> Numbers.grouped(scale.of(m))).collect(Collectors.joining(" and "));
        }
    }

    /**
     * A number of passes; the rate falls where the error stays on a plateau.
     *
     * @param epochs of the paper
     * @param patience epochs without a better error after which it falls; not in the paper
     */
    record Epochs(long epochs, long patience) implements Course {
        /** 600,000 iterations of 256 pictures are 120 passes over ImageNet: section 3.4. */
        public static final Epochs IMAGENET = new Epochs(120, 5);

        @Override
        public List<String> words(Scale scale) {
            List<String> words = new ArrayList<>(List.of("--epochs", Long.toString(scale.of(epochs))));
            words.addAll(List.of("--patience-epochs", Long.toString(patience(scale))));
            return words;
        }

        private long patience(Scale scale) {
            return Math.max(1, patience * scale.numerator() / scale.denominator());
        }

        @Override
        public String describe(Scale scale) {
            return Numbers.grouped(scale.of(epochs)) + " epochs, the rate divided by 10 after " + patience(scale)
                    + " without a better error";
        }
    }
}
