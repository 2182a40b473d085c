package org.resnet4j.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.engine.Backend;
import org.resnet4j.json.Json;
import org.resnet4j.record.Provenance;
import org.resnet4j.trainer.Network;
import org.resnet4j.trainer.TrainData;
import org.resnet4j.trainer.TrainJob;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.SpecJson;

/**
 * What a training command works on, built from words: those of the command line in a fresh run, those saved with the run when it
 * goes on. The same words give the same job.
 *
 * @param spec the network
 * @param data with transforms and normalisation
 */
record Job(NetworkSpec spec, TrainData data) {
    static final String DATA = "data";
    static final String LIMIT = "limit";
    static final String VALIDATION = "val-split";
    static final String NORMALIZE = "normalize";
    static final String AUGMENT = "augment";
    static final String NETWORK = "network";

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
        int size = spec.inputSize();
        Transform transform = words.getOrDefault(AUGMENT, "true").equals("true")
                ? new Transform.PadCropFlip(size, size / 8)
                : new Transform.Evaluate(size);
        Normalization normalization = normalization(words.getOrDefault(NORMALIZE, "cifar10"), train);
        return new Job(spec, new TrainData(train, evaluation, transform, new Transform.Evaluate(size), normalization));
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

    /** Steps of an epoch with this batch size. */
    int stepsPerEpoch(int batchSize) {
        return data.train().size() / batchSize;
    }

    TrainJob on(Backend backend, long maxMemory) {
        Provenance provenance = Provenance.collect("resnet4j 0.1.0-SNAPSHOT", backend.name(), null);
        return TrainJob.of(Network.of(spec), data, backend, provenance).withMaxMemoryBytes(maxMemory);
    }
}
