package org.resnet4j.paper.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.resnet4j.augment.CropMode;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.engine.Backend;
import org.resnet4j.infer.ClassMatch;
import org.resnet4j.infer.Evaluation;
import org.resnet4j.infer.Preprocessing;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.infer.Scores;
import org.resnet4j.infer.Views;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.zoo.NetworkSpec;

/** Shows the pictures of a set to networks, one in memory at a time. Used by one thread. */
final class ImageNetErrors {
    private final Dataset pictures;
    private final Backend backend;
    private final int workers;
    private final Set<String> notes = new LinkedHashSet<>();

    ImageNetErrors(Dataset pictures, Backend backend, int workers) {
        this.pictures = pictures;
        this.backend = backend;
        this.workers = workers;
    }

    /**
     * How a network looks at a picture.
     *
     * @param words for people
     * @param views of the picture, at each size
     * @param scales of the picture's shorter side; empty for what the network asks for
     */
    record Look(String words, Views views, List<Integer> scales) {
        /** The middle. */
        static final Look ONE_CROP = new Look("1 crop", Views.ONE, List.of());

        /** Corners and middle with their mirror images: section 3.4. */
        static final Look TEN_CROP = new Look("10 crops", Views.TEN_CROP, List.of());

        /** The shorter side at each of five sizes, fully convolutional: section 3.4. */
        static final Look SCALES = new Look(
                "shorter sides 224, 256, 384, 480 and 640, fully convolutional",
                Views.ONE,
                List.of(224, 256, 384, 480, 640));

        private List<Preprocessing> passes(Preprocessing own) {
            return scales.isEmpty()
                    ? List.of(own)
                    : scales.stream()
                            .map(s -> own.withTransform(
                                    new Transform.Evaluate(s, own.transform().filter(), s, new CropMode.Centre())))
                            .toList();
        }
    }

    /** What was assumed of weights and classes so far, a sentence each. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /** The answers of each network by itself. */
    List<Answers> each(List<Subject> subjects, Look look) throws IOException {
        List<Answers> out = new ArrayList<>();
        for (Subject subject : subjects) {
            out.add(average(subject.name(), List.of(subject), look));
        }
        return out;
    }

    /** The average of all networks' probabilities, on several scales. */
    Answers ensemble(List<Subject> subjects) throws IOException {
        return average("ensemble of " + subjects.size(), subjects, Look.SCALES);
    }

    private Answers average(String name, List<Subject> subjects, Look look) throws IOException {
        ClassMatch match;
        int classes;
        try (Pretrained first = subjects.getFirst().opening().open()) {
            match = ClassMatch.of(first, pictures.classNames());
            classes = first.spec().classes();
        }
        List<String> what = new ArrayList<>();
        try (Scores scores = Scores.of(pictures.size(), classes)) {
            for (Subject subject : subjects) {
                try (Pretrained model = subject.opening().open()) {
                    ClassMatch own = ClassMatch.of(model, pictures.classNames());
                    if (model.spec().classes() != classes || !own.logits().equals(match.logits())) {
                        throw new IllegalArgumentException(subject.name() + " answers with other classes than "
                                + subjects.getFirst().name() + "; only the same can be averaged");
                    }
                    note(subject, model, own);
                    what.add(words(model.spec()));
                    add(scores, model, look);
                }
            }
            String all = what.stream().distinct().collect(Collectors.joining(" + "));
            return Answers.of(name, all, scores, match.labels(pictures));
        }
    }

    private void note(Subject subject, Pretrained model, ClassMatch match) {
        model.notes().forEach(n -> notes.add(subject.name() + ": " + n));
        match.notes().forEach(n -> notes.add(subject.name() + ": " + n));
    }

    private void add(Scores scores, Pretrained model, Look look) throws IOException {
        for (Preprocessing pass : look.passes(model.preprocessing())) {
            int side = pass.transform().crop();
            long views = (long) pictures.size() * look.views.count();
            int batch = (int) Math.min(Evaluation.usualBatch(side), views);
            NetworkSpec sized = model.spec().withInputSize(side);
            try (Evaluation evaluation = Evaluation.open(model, sized, model.usualPrecision(), batch, backend)) {
                evaluation.addTo(scores, pictures, pass, look.views, workers, _ -> {});
            }
        }
    }

    /** What of a network the paper's own may have otherwise. */
    private static String words(NetworkSpec spec) {
        return spec instanceof ResNetSpec s
                ? s.name() + ", option " + s.shortcut() + (s.layers() < 50 ? "" : ", stride " + s.stride())
                : spec.name();
    }
}
