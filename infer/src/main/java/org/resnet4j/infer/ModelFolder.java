package org.resnet4j.infer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.augment.Normalization;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.checkpoint.CheckpointStore;
import org.resnet4j.json.Json;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.weights.StateDict;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.NetworkSpec;

/**
 * A folder with a whole model: {@code config.json} in timm's dialect, {@code model.safetensors} with torchvision's names,
 * {@code labels.txt}, {@code provenance.json}, and {@code mean.safetensors} where the preprocessing subtracts a mean picture.
 *
 * @param spec the network
 * @param classNames in the order of the logits
 * @param preprocessing of the pictures, as training evaluated them
 * @param weights the file with the parameters
 */
public record ModelFolder(NetworkSpec spec, List<String> classNames, Preprocessing preprocessing, Path weights) {
    static final String LABELS = "labels.txt";
    private static final String CONFIG = ModelConfig.FILE;
    static final String WEIGHTS = "model.safetensors";

    /** With whole pictures, resized to what the network sees. */
    public ModelFolder(NetworkSpec spec, List<String> classNames, Normalization normalization, Path weights) {
        this(spec, classNames, Preprocessing.whole(spec, normalization), weights);
    }

    /** Checks that there are as many names as classes. */
    public ModelFolder {
        classNames = List.copyOf(classNames);
        if (classNames.size() != spec.classes()) {
            throw new IllegalArgumentException(
                    spec.name() + " has " + spec.classes() + " classes, found " + classNames.size() + " names");
        }
    }

    /** Of the pictures' numbers. */
    public Normalization normalization() {
        return preprocessing.normalization();
    }

    /** True if the folder has what {@link #open} needs. */
    public static boolean is(Path folder) {
        return Files.isRegularFile(folder.resolve(CONFIG)) && Files.isRegularFile(folder.resolve(WEIGHTS));
    }

    /**
     * Writes the folder; every file atomically, the configuration last.
     *
     * @param provenance what the model was made of, JSON values by name; the network and the SHA-256 of the weights are added
     */
    public void write(Path folder, Map<String, ? extends @Nullable Object> provenance) throws IOException {
        Files.createDirectories(folder);
        Map<String, @Nullable Object> record = new LinkedHashMap<>(provenance);
        record.put("network", spec.name());
        record.put("sha256", Map.of(String.valueOf(weights.getFileName()), CheckpointStore.sha256(weights)));
        try (StateDict from = Safetensors.read(weights)) {
            Safetensors.write(folder.resolve(WEIGHTS), from.tensors(), ModelWriter.metadata(spec));
        }
        AtomicFile.writeText(folder.resolve(LABELS), String.join("\n", classNames) + "\n");
        AtomicFile.writeText(folder.resolve(ModelWriter.PROVENANCE), Json.write(record) + "\n");
        config().write(folder);
    }

    /** What stands beside the weights. */
    ModelConfig config() {
        return new ModelConfig(spec, classNames, preprocessing);
    }

    /** Reads the configuration; the weights stay on disk until a classifier loads them. */
    public static ModelFolder open(Path folder) throws IOException {
        if (!is(folder)) {
            throw new WeightsException(folder + ": a model folder has " + CONFIG + " and " + WEIGHTS + ", found "
                    + (Files.exists(folder) ? "neither or one of them" : "no such folder"));
        }
        ModelConfig config = ModelConfig.read(folder, () -> {
            throw new IllegalArgumentException("resnet4j.network is missing: this folder is another program's");
        });
        return new ModelFolder(config.spec(), config.classNames(), config.preprocessing(), folder.resolve(WEIGHTS));
    }
}
