package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Split;
import org.resnet4j.engine.Backend;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.image.Filter;
import org.resnet4j.infer.InitialWeights;
import org.resnet4j.infer.Preprocessing;
import org.resnet4j.json.Json;
import org.resnet4j.record.Provenance;
import org.resnet4j.trainer.Freezing;
import org.resnet4j.trainer.Network;
import org.resnet4j.trainer.Objective;
import org.resnet4j.trainer.Start;
import org.resnet4j.trainer.TrainData;
import org.resnet4j.trainer.TrainJob;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.SpecJson;

/**
 * What a training command works on, built from words: those of the command line in a fresh run, those saved with the run when it
 * goes on. The same words give the same job.
 *
 * @param spec the network, for pictures of the size that it is trained on
 * @param preprocessing of pictures to evaluate
 * @param data with transforms and normalisation
 * @param start what the weights are before the first step
 * @param freezing which layers are not trained
 * @param norm how batch norms of the others are trained: train, frozen or precise
 * @param tuned true if the weights come from elsewhere
 * @param files texts for the run's folder
 */
record Job(
        NetworkSpec spec,
        Preprocessing preprocessing,
        TrainData data,
        Start start,
        Freezing freezing,
        String norm,
        boolean tuned,
        Map<String, String> files) {
    static final String DATA = "data";
    static final String LIMIT = "limit";
    static final String VALIDATION = "val-split";
    static final String NORMALIZE = "normalize";
    static final String REPEATS = "aug-repeats";
    static final String SIZE = "img-size";
    static final String EVALUATION_SIZE = "eval-size";
    static final String EVALUATION_RESIZE = "eval-resize";
    static final String INITIAL = "initial-checkpoint";
    static final String NETWORK = "network";
    static final String FREEZE = "freeze";
    static final String NORM = "bn";
    static final String HEAD = "head";
    static final String SPLIT = "split";
    static final String PREPROCESSING = "preprocessing";

    /** Words that are places of this machine, and so no matter of what a run gives. */
    static final Set<String> PLACES = Set.of(DATA, INITIAL);

    /** In a run's folder: which file belongs to which part. */
    static final String SPLIT_FILE = "split.csv";

    private static final String FROZEN = "frozen";

    /** Of a fresh run. */
    static Job of(String model, Map<String, String> words, long seed) throws IOException {
        return of(model, words, seed, null);
    }

    /**
     * Opens the data and builds the network that the words describe.
     *
     * @param run whose folder has the split that was drawn; null to draw it
     */
    static Job of(String model, Map<String, String> words, long seed, @Nullable Path run) throws IOException {
        Split parts = parts(words, seed, run);
        Dataset train = parts.train();
        NetworkSpec spec = spec(model, words).withClasses(train.classNames().size());
        String text = words.get(PREPROCESSING);
        Preprocessing kept = text == null ? null : Preprocessing.parse(text);
        int given = count(words, SIZE);
        int size = given != 0 ? given : kept != null ? kept.transform().crop() : spec.inputSize();
        spec = spec.withInputSize(size);
        Preprocessing preprocessing = kept == null ? plain(words, size, train) : resized(words, size, kept);
        Normalization normalization = preprocessing.normalization();
        TrainData data = new TrainData(
                train,
                parts.evaluation(),
                Augmentation.of(words, spec.inputSize(), normalization),
                preprocessing.transform(),
                normalization,
                words.containsKey(REPEATS) ? count(words, REPEATS) : 1);
        String initial = words.get(INITIAL);
        Start start = initial == null
                ? Start.RANDOM
                : new InitialWeights(Path.of(initial), spec, "new".equals(words.get(HEAD)));
        Map<String, String> files =
                words.containsKey(SPLIT) ? Map.of(SPLIT_FILE, parts.toCsv(Path.of(where(words)))) : Map.of();
        return new Job(
                spec,
                preprocessing,
                data,
                start,
                words.containsKey(FREEZE) ? new Freezing(words.get(FREEZE)) : Freezing.NOTHING,
                words.getOrDefault(NORM, "train"),
                words.containsKey(HEAD),
                files);
    }

    private static String where(Map<String, String> words) {
        return words.getOrDefault(DATA, Datasets.SHAPES);
    }

    /** What is trained on and what is evaluated. */
    private static Split parts(Map<String, String> words, long seed, @Nullable Path run) throws IOException {
        Dataset all = Datasets.open(where(words), Part.TRAIN);
        int limit = count(words, LIMIT);
        int validation = count(words, VALIDATION);
        if (words.containsKey(SPLIT)) {
            if (limit != 0 || validation != 0) {
                throw new IllegalArgumentException(
                        "--limit and --val-split are not for pictures of which a share of each class is held back; leave"
                                + " them out");
            }
            return run == null
                    ? Split.of(all, Double.parseDouble(words.get(SPLIT)), seed)
                    : Split.read(run.resolve(SPLIT_FILE), Path.of(where(words)), all);
        }
        Dataset train = limit == 0 ? all : all.first(limit);
        if (validation == 0) {
            return new Split(train, Datasets.open(where(words), Part.TEST));
        }
        List<Dataset> halves = train.split(validation, seed);
        return new Split(halves.get(0), halves.get(1));
    }

    /** As the words say, without what a model was trained with. */
    private static Preprocessing plain(Map<String, String> words, int size, Dataset train) throws IOException {
        int evaluated = count(words, EVALUATION_SIZE) == 0 ? size : count(words, EVALUATION_SIZE);
        int resize = count(words, EVALUATION_RESIZE) == 0 ? evaluated : count(words, EVALUATION_RESIZE);
        return new Preprocessing(
                Transform.Evaluate.torchvision(resize, Filter.BILINEAR, evaluated),
                normalization(words.getOrDefault(NORMALIZE, "cifar10"), train));
    }

    /** As the model's, for pictures of the size that the words say. */
    private static Preprocessing resized(Map<String, String> words, int size, Preprocessing kept) {
        int evaluated = count(words, EVALUATION_SIZE) == 0 ? size : count(words, EVALUATION_SIZE);
        Preprocessing sized = kept.withCrop(evaluated);
        int resize = count(words, EVALUATION_RESIZE);
        Transform.Evaluate t = sized.transform();
        return resize == 0
                ? sized
                : sized.withTransform(new Transform.Evaluate(resize, t.filter(), t.crop(), t.mode()));
    }

    /** The network that was saved with the run, or the one of this name. */
    private static NetworkSpec spec(String model, Map<String, String> words) throws IOException {
        String saved = words.get(NETWORK);
        return saved == null ? Models.byName(model) : SpecJson.read(Json.parseObject(saved));
    }

    private static int count(Map<String, String> words, String name) {
        int n = Integer.parseInt(words.getOrDefault(name, "0"));
        if (n < 0) {
            throw new IllegalArgumentException("--" + name + " must be 0 or more, found " + n);
        }
        return n;
    }

    private static Normalization normalization(String name, Dataset train) throws IOException {
        return switch (name) {
            case "cifar10" -> Normalization.CIFAR10;
            case "imagenet" -> Normalization.IMAGENET;
            case "per-pixel" -> Normalization.PerPixelMean.of(train);
            default ->
                throw new IllegalArgumentException("--normalize must be cifar10, imagenet or per-pixel, found " + name);
        };
    }

    /** Updates of an epoch of so many pictures each. */
    int stepsPerEpoch(int pictures) {
        return data.train().size() / pictures;
    }

    /** The network for the pictures that it is evaluated on, as it is given away. */
    NetworkSpec given() {
        return spec.withInputSize(preprocessing.transform().crop());
    }

    TrainJob on(Backend backend, long maxMemory) {
        Provenance provenance = Provenance.collect(Main.PROGRAM, backend.name(), null);
        return TrainJob.of(network(), data, backend, provenance)
                .withStart(start)
                .withMaxMemoryBytes(maxMemory)
                .withFiles(files);
    }

    private Network network() {
        Phase phase = norm.equals(FROZEN) ? Phase.TRAINING_FROZEN_NORM : Phase.TRAINING;
        return Network.of(spec, phase, given().inputSize()).frozen(freezing);
    }

    /** Batch norms that are trained by the statistics of batches, by the name of their scale. */
    Set<String> normsOfBatch() {
        Set<String> names = new TreeSet<>();
        network().training(Objective.PLAIN.loss()).nodes().forEach(n -> {
            if (n.op() instanceof Op.BatchNorm) {
                names.add(n.input(1).name());
            }
        });
        return names;
    }

    /** How batch norm was trained, where no batch's statistics had a part in it. */
    String normWords() {
        return "batch norm: stored statistics were used and not moved"
                + (norm.equals(FROZEN) ? ", scale and shift of trained layers were trained" : "")
                + "; training and evaluation mode are the same";
    }
}
