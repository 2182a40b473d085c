package org.resnet4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is trained on and how its pictures are changed; saved with the run as words, from which {@link Job} is built again. */
final class DataFlags {
    @Option(names = "--data", paramLabel = "DIR", description = "Folder with CIFAR, IDX or class folders, or 'shapes'.")
    private @Nullable String data;

    @Option(names = "--limit", paramLabel = "N", description = "Use only the first N training samples.")
    private @Nullable Integer limit;

    @Option(names = "--val-split", paramLabel = "N", description = "Hold N training samples back and evaluate on them.")
    private @Nullable Integer validation;

    @Option(names = "--normalize", paramLabel = "cifar10|imagenet|per-pixel", description = "Default cifar10.")
    private @Nullable String normalize;

    @Option(names = "--no-aug", description = "The same as --aug none.")
    private boolean noAugmentation;

    @Option(
            names = "--aug",
            paramLabel = "pad-crop|resized-crop|scale-jitter|none",
            description = "How pictures are cut; default pad-crop. All but none are mirrored half of the time.")
    private @Nullable String augmentation;

    @Option(
            names = "--scale",
            paramLabel = "A,B",
            description = "Shares of the area that resized-crop takes; default 0.08,1.")
    private @Nullable String scale;

    @Option(
            names = "--scale-jitter",
            paramLabel = "A,B",
            description = "Shorter sides of scale-jitter; default 256,480.")
    private @Nullable String jitter;

    @Option(
            names = {"--aa", "--auto-augment"},
            paramLabel = "ta_wide|ra|ra-nN-mM",
            description = "TrivialAugment, or RandAugment of N operations (2) of strength M (9 of 30).")
    private @Nullable String autoAugment;

    @Option(names = "--color-jitter", paramLabel = "X", description = "Brightness, contrast and saturation by up to X.")
    private @Nullable Double colour;

    @Option(
            names = "--pca-noise",
            paramLabel = "X",
            description = "Colour noise as AlexNet's and the paper's; 0.1 there.")
    private @Nullable Double pca;

    @Option(
            names = {"--reprob", "--random-erase"},
            paramLabel = "P",
            description = "Probability of painting over a rectangle.")
    private @Nullable Double erase;

    @Option(
            names = {"--aug-repeats", "--ra-reps"},
            paramLabel = "N",
            description = "Each picture N times in a row, in epochs of the same length; default 1.")
    private @Nullable Integer repeats;

    @Option(
            names = "--img-size",
            paramLabel = "PIXELS",
            description = "Side of pictures to train on; default: the model's.")
    private @Nullable Integer size;

    @Option(
            names = "--eval-size",
            paramLabel = "PIXELS",
            description = "Side of pictures to evaluate; default: as trained.")
    private @Nullable Integer evaluationSize;

    @Option(
            names = "--eval-resize",
            paramLabel = "PIXELS",
            description = "Shorter side before the middle is cut out to evaluate; default: no more than that.")
    private @Nullable Integer evaluationResize;

    @Option(
            names = "--initial-checkpoint",
            paramLabel = "WEIGHTS",
            description = "Start from these weights; a last layer for other classes starts anew.")
    private @Nullable String initial;

    /** By the names of the flags; only what was given. */
    Map<String, String> words() {
        Map<String, String> words = new LinkedHashMap<>();
        put(words, Job.DATA, data);
        put(words, Job.LIMIT, limit);
        put(words, Job.VALIDATION, validation);
        put(words, Job.NORMALIZE, normalize);
        put(words, Augmentation.KIND, noAugmentation ? "none" : augmentation);
        put(words, Augmentation.SCALE, scale);
        put(words, Augmentation.JITTER, jitter);
        put(words, Augmentation.AUTO, autoAugment);
        put(words, Augmentation.COLOUR, colour);
        put(words, Augmentation.PCA, pca);
        put(words, Augmentation.ERASE, erase);
        put(words, Job.REPEATS, repeats);
        put(words, Job.SIZE, size);
        put(words, Job.EVALUATION_SIZE, evaluationSize);
        put(words, Job.EVALUATION_RESIZE, evaluationResize);
        put(words, Job.INITIAL, initial);
        return words;
    }

    private static void put(Map<String, String> words, String name, @Nullable Object value) {
        if (value != null) {
            words.put(name, value.toString());
        }
    }
}
