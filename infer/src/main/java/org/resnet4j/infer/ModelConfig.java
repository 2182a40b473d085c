package org.resnet4j.infer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.augment.CropMode;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.image.Filter;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.ImageNetClasses;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.SpecJson;

/**
 * What a model folder says beside its weights, in {@code config.json}: written in timm's dialect with a part of our own, which
 * alone says everything; read in ours, in timm's, and in transformers', whose preprocessing stands in
 * {@code preprocessor_config.json}. timm's and transformers' say less of the structure than the weights' shapes do, so that is
 * taken from these.
 *
 * @param spec the network
 * @param classNames in the order of the logits
 * @param preprocessing of pictures
 */
record ModelConfig(NetworkSpec spec, List<String> classNames, Preprocessing preprocessing) {
    static final String FILE = "config.json";
    private static final String PREPROCESSOR = "preprocessor_config.json";
    private static final String MEAN = "mean.safetensors";
    private static final long LONGEST = 16 << 20;

    /** Smaller shares would enlarge pictures beyond all use. */
    private static final double LEAST_CROP = 0.05;

    /** Pillow's numbers of its filters, which transformers writes. */
    private static final List<Filter> PILLOW =
            List.of(Filter.NEAREST, Filter.LANCZOS, Filter.BILINEAR, Filter.BICUBIC, Filter.BOX, Filter.HAMMING);

    /** Checks that there are as many names as classes, and makes names that two classes have different. */
    ModelConfig {
        classNames = distinct(List.copyOf(classNames));
        if (classNames.size() != spec.classes()) {
            throw new IllegalArgumentException(
                    spec.name() + " has " + spec.classes() + " classes, found " + classNames.size() + " names");
        }
    }

    /** Files are keyed by names: of two classes with one name, such as ILSVRC's cranes, the second would stand for both. */
    private static List<String> distinct(List<String> names) {
        Set<String> once = new HashSet<>();
        Set<String> twice = new HashSet<>();
        names.stream().filter(n -> !once.add(n)).forEach(twice::add);
        if (twice.isEmpty()) {
            return names;
        }
        if (ImageNetClasses.are(names)) {
            return unnamed(names.size());
        }
        return IntStream.range(0, names.size())
                .mapToObj(i -> twice.contains(names.get(i)) ? names.get(i) + " (" + i + ")" : names.get(i))
                .toList();
    }

    /** Class names where nothing gives any: the words of ILSVRC for 1000 classes, which is what such networks answer with; else numbers. */
    static List<String> unnamed(int classes) {
        List<ImageNetClasses.Entry> imageNet = ImageNetClasses.all();
        if (classes == imageNet.size()) {
            return imageNet.stream().map(ImageNetClasses.Entry::title).toList();
        }
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    /**
     * Reads a folder's configuration.
     *
     * @param recognised the network that the weights' names and shapes tell; asked only where the configuration does not say
     */
    static ModelConfig read(Path folder, Supplier<NetworkSpec> recognised) throws IOException {
        Path file = folder.resolve(FILE);
        try {
            Map<String, @Nullable Object> config = Json.parseObject(text(file));
            if (config.get("resnet4j") != null) {
                return own(folder, config);
            }
            if (config.get("architecture") != null) {
                return timm(config, recognised.get());
            }
            if ("resnet".equals(config.get("model_type"))) {
                return transformers(folder, config, recognised.get());
            }
            throw new JsonException(
                    "a configuration of resnet4j, timm or transformers' resnet is expected, found " + config.keySet());
        } catch (JsonException | IllegalArgumentException e) {
            throw new WeightsException(file + ": " + e.getMessage(), e);
        }
    }

    /** A small file's text. */
    private static String text(Path file) throws IOException {
        long size = Files.size(file);
        if (size > LONGEST) {
            throw new WeightsException(file + ": a configuration has at most " + LONGEST + " bytes, found " + size);
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new WeightsException(file + ": this is no UTF-8 text", e);
        }
    }

    private static ModelConfig own(Path folder, Map<String, @Nullable Object> config)
            throws IOException, JsonException {
        Map<String, @Nullable Object> own = Json.object(config.get("resnet4j"), "resnet4j");
        NetworkSpec spec = SpecJson.read(Json.object(own.get("network"), "resnet4j.network"));
        Map<String, @Nullable Object> pretrained = Json.object(config.get("pretrained_cfg"), "pretrained_cfg");
        int size = inputSize(pretrained);
        if (size != spec.inputSize()) {
            throw new JsonException(
                    "pretrained_cfg.input_size must be the network's " + spec.inputSize() + ", found " + size);
        }
        Normalization normalization = stats(pretrained);
        if (pretrained.containsKey("mean_image")) {
            try (StateDict mean = Safetensors.read(folder.resolve(MEAN))) {
                float[] picture = mean.get("mean").toFloats();
                if (picture.length != 3L * size * size) {
                    throw new JsonException(MEAN + " must be a picture of 3 x " + size + " x " + size
                            + " numbers, found " + picture.length);
                }
                normalization = Normalization.PerPixelMean.of(picture);
            }
        }
        return new ModelConfig(spec, labels(config, spec), preprocessing(pretrained, size, normalization));
    }

    private static ModelConfig timm(Map<String, @Nullable Object> config, NetworkSpec recognised) throws JsonException {
        Map<String, @Nullable Object> pretrained = Json.object(config.get("pretrained_cfg"), "pretrained_cfg");
        int size = inputSize(pretrained);
        NetworkSpec spec = recognised.withInputSize(size);
        return new ModelConfig(spec, labels(config, spec), preprocessing(pretrained, size, stats(pretrained)));
    }

    private static ModelConfig transformers(Path folder, Map<String, @Nullable Object> config, NetworkSpec recognised)
            throws IOException, JsonException {
        boolean first = Boolean.TRUE.equals(config.get("downsample_in_bottleneck"));
        NetworkSpec spec =
                recognised instanceof ResNetSpec s ? s.withStride(first ? Stride.V1 : Stride.V1_5) : recognised;
        List<String> names = new ArrayList<>(unnamed(spec.classes()));
        Map<String, @Nullable Object> labels =
                config.get("id2label") == null ? Map.of() : Json.object(config.get("id2label"), "id2label");
        for (int i = 0; i < spec.classes(); i++) {
            if (labels.get(Integer.toString(i)) instanceof String s) {
                names.set(i, s);
            }
        }
        Path preprocessor = folder.resolve(PREPROCESSOR);
        if (!Files.isRegularFile(preprocessor)) {
            return new ModelConfig(spec, names, Preprocessing.usual(spec));
        }
        Map<String, @Nullable Object> p = Json.parseObject(text(preprocessor));
        int crop = (int) number(Json.object(p.get("size"), "size"), "shortest_edge");
        int filter = (int) number(p, "resample");
        if (filter < 0 || filter >= PILLOW.size()) {
            throw new JsonException("resample must be one of Pillow's numbers 0 to 5, found " + filter);
        }
        Normalization normalization =
                new Normalization.ChannelStats(floats(p.get("image_mean")), floats(p.get("image_std")));
        Transform.Evaluate transform =
                Transform.Evaluate.timm(crop, cropPct(p), PILLOW.get(filter), new CropMode.Centre());
        return new ModelConfig(spec.withInputSize(crop), names, new Preprocessing(transform, normalization));
    }

    private static Preprocessing preprocessing(
            Map<String, @Nullable Object> pretrained, int size, Normalization normalization) throws JsonException {
        Filter filter = Filter.BILINEAR;
        if (pretrained.get("interpolation") instanceof String s) {
            filter = Arrays.stream(Filter.values())
                    .filter(f -> f.name().equals(s.toUpperCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("interpolation must be one of "
                            + Arrays.toString(Filter.values()).toLowerCase(Locale.ROOT) + ", found " + s));
        }
        double crop = pretrained.get("crop_pct") == null ? 1 : cropPct(pretrained);
        CropMode mode = switch (String.valueOf(pretrained.getOrDefault("crop_mode", "center"))) {
            case "squash" -> new CropMode.Squash();
            case "border" ->
                normalization instanceof Normalization.ChannelStats s ? CropMode.Border.of(s) : new CropMode.Centre();
            case "center" -> new CropMode.Centre();
            case String other -> throw new JsonException("crop_mode must be center, squash or border, found " + other);
        };
        return new Preprocessing(Transform.Evaluate.timm(size, crop, filter, mode), normalization);
    }

    private static Normalization stats(Map<String, @Nullable Object> pretrained) throws JsonException {
        return pretrained.get("mean") == null
                ? Normalization.IMAGENET
                : new Normalization.ChannelStats(floats(pretrained.get("mean")), floats(pretrained.get("std")));
    }

    private static List<String> labels(Map<String, @Nullable Object> config, NetworkSpec spec) throws JsonException {
        if (config.get("label_names") == null) {
            return unnamed(spec.classes());
        }
        return list(config.get("label_names")).stream().map(String::valueOf).toList();
    }

    private static int inputSize(Map<String, @Nullable Object> pretrained) throws JsonException {
        List<Float> size = floats(pretrained.get("input_size"));
        if (size.size() != 3 || size.get(0) != 3 || !size.get(1).equals(size.get(2))) {
            throw new JsonException("pretrained_cfg.input_size must be 3 and a square, found " + size);
        }
        return size.get(2).intValue();
    }

    /** What timm calls a pretrained configuration, as far as it is of pictures; a mean picture by the name of its file only. */
    static Map<String, @Nullable Object> pretrained(Preprocessing preprocessing) {
        Transform.Evaluate t = preprocessing.transform();
        long size = t.crop();
        Map<String, @Nullable Object> pretrained = new LinkedHashMap<>();
        pretrained.put("input_size", List.of(3L, size, size));
        pretrained.put("interpolation", t.filter().name().toLowerCase(Locale.ROOT));
        pretrained.put("crop_pct", cropPct(t));
        pretrained.put(
                "crop_mode",
                switch (t.mode()) {
                    case CropMode.Centre _ -> "center";
                    case CropMode.Squash _ -> "squash";
                    case CropMode.Border _ -> "border";
                });
        switch (preprocessing.normalization()) {
            case Normalization.ChannelStats s -> {
                pretrained.put("mean", decimals(s.mean()));
                pretrained.put("std", decimals(s.std()));
            }
            case Normalization.PerPixelMean _ -> pretrained.put("mean_image", MEAN);
        }
        return pretrained;
    }

    /** What {@link #pretrained} gave. */
    static Preprocessing preprocessing(Map<String, @Nullable Object> pretrained) throws JsonException {
        return preprocessing(pretrained, inputSize(pretrained), stats(pretrained));
    }

    /** Writes {@code config.json}, {@code preprocessor_config.json} and what they refer to; each atomically. */
    void write(Path folder) throws IOException {
        int size = spec.inputSize();
        Map<String, @Nullable Object> pretrained = pretrained(preprocessing);
        if (preprocessing.normalization() instanceof Normalization.PerPixelMean m) {
            try (Arena arena = Arena.ofConfined()) {
                TensorType type = TensorType.f32(3, size, size);
                Safetensors.write(
                        folder.resolve(MEAN), List.of(NamedTensor.of("mean", type, m.mean(), arena)), Map.of());
            }
        }
        pretrained.put("num_classes", (long) spec.classes());
        pretrained.put("first_conv", spec.firstConvolution());
        pretrained.put("classifier", spec.classifier());
        Optional<TimmName> timm = TimmName.of(spec);
        Map<String, @Nullable Object> config = new LinkedHashMap<>();
        config.put("architecture", timm.map(TimmName::architecture).orElse(spec.name()));
        config.put("model_type", "timm_wrapper");
        config.put("num_classes", (long) spec.classes());
        config.put("label_names", classNames);
        timm.filter(n -> !n.arguments().isEmpty()).ifPresent(n -> config.put("model_args", n.arguments()));
        config.put("pretrained_cfg", pretrained);
        Map<String, @Nullable Object> own = new LinkedHashMap<>();
        own.put(
                "opened_by",
                timm.isPresent()
                        ? "resnet4j, timm, transformers"
                        : "resnet4j; timm and transformers have no such network, ONNX carries it");
        own.put("network", SpecJson.write(spec));
        config.put("resnet4j", own);
        writePreprocessor(folder);
        AtomicFile.writeText(folder.resolve(FILE), Json.write(config) + "\n");
    }

    /** Writes {@code config.json} and {@code preprocessor_config.json} as transformers' own ResNets have them; each atomically. */
    void writeTransformers(Path folder, ResNetSpec network) throws IOException {
        boolean bottleneck = network.block() == ResNetSpec.Block.BOTTLENECK;
        int expansion = bottleneck ? 4 : 1;
        Map<String, @Nullable Object> labels = new LinkedHashMap<>();
        Map<String, @Nullable Object> indices = new LinkedHashMap<>();
        for (int i = 0; i < classNames.size(); i++) {
            labels.put(Integer.toString(i), classNames.get(i));
            indices.put(classNames.get(i), (long) i);
        }
        Map<String, @Nullable Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("ResNetForImageClassification"));
        config.put("model_type", "resnet");
        config.put("num_channels", 3L);
        config.put("embedding_size", (long) network.stemWidth());
        config.put(
                "hidden_sizes",
                network.widths().stream().map(w -> (long) w * expansion).toList());
        config.put("depths", network.depths());
        config.put("layer_type", bottleneck ? "bottleneck" : "basic");
        config.put("hidden_act", "relu");
        config.put("downsample_in_first_stage", false);
        config.put("downsample_in_bottleneck", bottleneck && network.stride() == Stride.V1);
        config.put("dtype", "float32");
        config.put("id2label", labels);
        config.put("label2id", indices);
        writePreprocessor(folder);
        AtomicFile.writeText(folder.resolve(FILE), Json.write(config) + "\n");
    }

    private void writePreprocessor(Path folder) throws IOException {
        Transform.Evaluate t = preprocessing.transform();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("image_processor_type", "ConvNextImageProcessor");
        json.put("do_resize", true);
        json.put("size", Map.of("shortest_edge", (long) spec.inputSize()));
        json.put("crop_pct", cropPct(t));
        json.put("resample", (long) PILLOW.indexOf(t.filter()));
        json.put("do_rescale", true);
        json.put("rescale_factor", 1 / 255.0);
        if (preprocessing.normalization() instanceof Normalization.ChannelStats s) {
            json.put("do_normalize", true);
            json.put("image_mean", decimals(s.mean()));
            json.put("image_std", decimals(s.std()));
        } else {
            json.put("do_normalize", false);
        }
        AtomicFile.writeText(folder.resolve(PREPROCESSOR), Json.write(json) + "\n");
    }

    /** The share that gives the size to resize to again when the crop's size is divided by it and rounded down. */
    private static double cropPct(Transform.Evaluate t) {
        double share = (double) t.crop() / t.resize();
        return Math.floor(t.crop() / share) < t.resize() ? Math.nextDown(share) : share;
    }

    private static List<Double> decimals(List<Float> floats) {
        return floats.stream().map(ModelConfig::shortest).toList();
    }

    /** The decimal number that a float was written as, not its binary expansion. */
    private static double shortest(float f) {
        return Double.parseDouble(Float.toString(f));
    }

    private static double cropPct(Map<String, @Nullable Object> map) throws JsonException {
        double crop = number(map, "crop_pct");
        if (!(crop >= LEAST_CROP && crop <= 1)) {
            throw new JsonException("crop_pct must be " + LEAST_CROP + " to 1, found " + crop);
        }
        return crop;
    }

    private static double number(Map<String, @Nullable Object> map, String name) throws JsonException {
        if (map.get(name) instanceof Number n) {
            return n.doubleValue();
        }
        throw new JsonException(name + " must be a number, found " + map.get(name));
    }

    private static List<Float> floats(@Nullable Object value) throws JsonException {
        List<Float> out = new ArrayList<>();
        for (Object o : list(value)) {
            if (!(o instanceof Number n)) {
                throw new JsonException("a number is expected, found " + o);
            }
            out.add(n.floatValue());
        }
        return out;
    }

    private static List<?> list(@Nullable Object value) throws JsonException {
        if (value instanceof List<?> l) {
            return l;
        }
        throw new JsonException("a list is expected, found " + value);
    }
}
