package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.engine.Backend;
import org.resnet4j.graph.Phase;
import org.resnet4j.image.Filter;
import org.resnet4j.infer.Preprocessing;
import org.resnet4j.json.Json;
import org.resnet4j.record.Provenance;
import org.resnet4j.trainer.Network;
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
 */
record Job(NetworkSpec spec, Preprocessing preprocessing, TrainData data, Start start) {
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

    /** Words that are places of this machine, and so no matter of what a run gives. */
    static final Set<String> PLACES = Set.of(DATA, INITIAL);

    /** Opens the data and builds the network that the words describe. */
    static Job of(String model, Map<String, String> words, long seed) throws IOException {
        String where = words.getOrDefault(DATA, Datasets.SHAPES);
        Dataset train = Datasets.open(where, Part.TRAIN);
        int limit = count(words, LIMIT);
        train = limit == 0 ? train : train.first(limit);
        int validation = count(words, VALIDATION);
        Dataset evaluation;
        if (validation == 0) {
            evaluation = Datasets.open(where, Part.TEST);
        } else {
            List<Dataset> parts = train.split(validation, seed);
            train = parts.get(0);
            evaluation = parts.get(1);
        }
        NetworkSpec spec = spec(model, words).withClasses(train.classNames().size());
        int given = count(words, SIZE);
        spec = given == 0 ? spec : spec.withInputSize(given);
        int evaluated = count(words, EVALUATION_SIZE) == 0 ? spec.inputSize() : count(words, EVALUATION_SIZE);
        int resize = count(words, EVALUATION_RESIZE) == 0 ? evaluated : count(words, EVALUATION_RESIZE);
        Normalization normalization = normalization(words.getOrDefault(NORMALIZE, "cifar10"), train);
        Preprocessing preprocessing =
                new Preprocessing(Transform.Evaluate.torchvision(resize, Filter.BILINEAR, evaluated), normalization);
        TrainData data = new TrainData(
                train,
                evaluation,
                Augmentation.of(words, spec.inputSize(), normalization),
                preprocessing.transform(),
                normalization,
                words.containsKey(REPEATS) ? count(words, REPEATS) : 1);
        String initial = words.get(INITIAL);
        Start start = initial == null ? Start.RANDOM : new InitialWeights(Path.of(initial), spec);
        return new Job(spec, preprocessing, data, start);
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
        return TrainJob.of(Network.of(spec, Phase.TRAINING, given().inputSize()), data, backend, provenance)
                .withStart(start)
                .withMaxMemoryBytes(maxMemory);
    }
}
