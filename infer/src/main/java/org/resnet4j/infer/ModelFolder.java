package org.resnet4j.infer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.augment.Normalization;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.SpecJson;

/**
 * A folder with a whole model: {@code config.json} in timm's dialect, {@code model.safetensors} with torchvision's names,
 * {@code labels.txt}, and {@code mean.safetensors} where the preprocessing subtracts a mean picture.
 *
 * @param spec the network
 * @param classNames in the order of the logits
 * @param normalization of the pictures
 * @param weights the file with the parameters
 */
public record ModelFolder(NetworkSpec spec, List<String> classNames, Normalization normalization, Path weights) {
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final String MEAN = "mean.safetensors";

    /** Checks that there are as many names as classes. */
    public ModelFolder {
        classNames = List.copyOf(classNames);
        if (classNames.size() != spec.classes()) {
            throw new IllegalArgumentException(
                    spec.name() + " has " + spec.classes() + " classes, found " + classNames.size() + " names");
        }
    }

    /** True if the folder has what {@link #open} needs. */
    public static boolean is(Path folder) {
        return Files.isRegularFile(folder.resolve(CONFIG)) && Files.isRegularFile(folder.resolve(WEIGHTS));
    }

    /** Writes the folder; every file atomically, the configuration last. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Safetensors from = Safetensors.read(weights)) {
            Safetensors.write(folder.resolve(WEIGHTS), from.tensors(), Map.of("model", spec.name()));
        }
        AtomicFile.writeText(folder.resolve("labels.txt"), String.join("\n", classNames) + "\n");
        Map<String, Object> pretrained = new LinkedHashMap<>();
        pretrained.put("input_size", List.of(3L, (long) spec.inputSize(), (long) spec.inputSize()));
        switch (normalization) {
            case Normalization.ChannelStats s -> {
                pretrained.put(
                        "mean", s.mean().stream().map(ModelFolder::shortest).toList());
                pretrained.put(
                        "std", s.std().stream().map(ModelFolder::shortest).toList());
            }
            case Normalization.PerPixelMean m -> {
                pretrained.put("mean_image", MEAN);
                try (Arena arena = Arena.ofConfined()) {
                    TensorType type = TensorType.f32(3, spec.inputSize(), spec.inputSize());
                    Safetensors.write(
                            folder.resolve(MEAN), List.of(NamedTensor.of("mean", type, m.mean(), arena)), Map.of());
                }
            }
        }
        pretrained.put("interpolation", "bilinear");
        pretrained.put("crop_pct", 1.0);
        pretrained.put("first_conv", spec.firstConvolution());
        pretrained.put("classifier", spec.classifier());
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architecture", spec.name());
        config.put("num_classes", (long) spec.classes());
        config.put("label_names", classNames);
        config.put("pretrained_cfg", pretrained);
        config.put("resnet4j", Map.of("network", SpecJson.write(spec)));
        AtomicFile.writeText(folder.resolve(CONFIG), Json.write(config) + "\n");
    }

    /** The decimal number that a float was written as, not its binary expansion. */
    private static double shortest(float f) {
        return Double.parseDouble(Float.toString(f));
    }

    /** Reads the configuration; the weights stay on disk until a classifier loads them. */
    public static ModelFolder open(Path folder) throws IOException {
        Path file = folder.resolve(CONFIG);
        if (!is(folder)) {
            throw new WeightsException(folder + ": a model folder has " + CONFIG + " and " + WEIGHTS + ", found "
                    + (Files.exists(folder) ? "neither or one of them" : "no such folder"));
        }
        try {
            Map<String, @Nullable Object> config = Json.parseObject(Files.readString(file));
            Map<String, @Nullable Object> own = Json.object(config.get("resnet4j"), "resnet4j");
            Map<String, @Nullable Object> pretrained = Json.object(config.get("pretrained_cfg"), "pretrained_cfg");
            List<String> names = texts(config.get("label_names"));
            List<Double> size = numbers(pretrained.get("input_size"));
            if (size.size() != 3) {
                throw new JsonException("pretrained_cfg.input_size must be three numbers, found " + size);
            }
            NetworkSpec spec = SpecJson.read(Json.object(own.get("network"), "resnet4j.network"));
            if (size.get(2).intValue() != spec.inputSize()) {
                throw new JsonException(
                        "pretrained_cfg.input_size must be the network's " + spec.inputSize() + ", found " + size);
            }
            return new ModelFolder(spec, names, normalization(folder, pretrained), folder.resolve(WEIGHTS));
        } catch (JsonException | IllegalArgumentException e) {
            throw new WeightsException(file + ": " + e.getMessage(), e);
        }
    }

    private static Normalization normalization(Path folder, Map<String, @Nullable Object> pretrained)
            throws IOException {
        if (pretrained.containsKey("mean_image")) {
            try (Safetensors file = Safetensors.read(folder.resolve(MEAN))) {
                return Normalization.PerPixelMean.of(file.get("mean").toFloats());
            }
        }
        return new Normalization.ChannelStats(floats(pretrained.get("mean")), floats(pretrained.get("std")));
    }

    private static List<String> texts(@Nullable Object value) throws JsonException {
        List<String> out = new ArrayList<>();
        for (Object o : list(value)) {
            out.add(String.valueOf(o));
        }
        return out;
    }

    private static List<Double> numbers(@Nullable Object value) throws JsonException {
        List<Double> out = new ArrayList<>();
        for (Object o : list(value)) {
            if (!(o instanceof Number n)) {
                throw new JsonException("a number is expected, found " + o);
            }
            out.add(n.doubleValue());
        }
        return out;
    }

    private static List<Float> floats(@Nullable Object value) throws JsonException {
        return numbers(value).stream().map(Double::floatValue).toList();
    }

    private static List<?> list(@Nullable Object value) throws JsonException {
        if (value instanceof List<?> l) {
            return l;
        }
        throw new JsonException("a list is expected, found " + value);
    }
}
