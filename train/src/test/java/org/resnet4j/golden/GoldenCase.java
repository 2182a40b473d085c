package org.resnet4j.golden;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.resnet4j.graph.Phase;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.testkit.GoldenNumbers;
import org.resnet4j.vgg.VggSpec;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;

/**
 * A network, what it is filled and fed with, and where the truth lies.
 *
 * @param name of the case
 * @param spec the network
 * @param phase in which it is trained
 * @param smoothing of the labels
 * @param batch images a step
 * @param feed images and labels of each step
 * @param descents whose losses the file holds
 * @param about the case's description
 * @param truth the safetensors file
 */
record GoldenCase(
        String name,
        NetworkSpec spec,
        Phase phase,
        double smoothing,
        int batch,
        Feed feed,
        List<Descent> descents,
        Map<String, @Nullable Object> about,
        Path truth) {
    /** Images and labels of a step. */
    interface Feed {
        float[] images(int step, int[] labels) throws IOException;
    }

    private static final Path OWN = Path.of("src", "test", "resources", "golden");

    /** A case from outside, on 128 real pictures a step; the test is skipped with a visible message if it is not there. */
    static GoldenCase outside(String name) throws IOException {
        Path data = data();
        Path folder = data.resolve("golden").resolve("torch");
        ResNetSpec spec = switch (name) {
            case "cifar_resnet20_a" -> Models.residual("cifar_resnet20");
            case "cifar_resnet20_b" -> Models.residual("cifar_resnet20").withShortcut(ResNetSpec.Shortcut.B);
            case "cifar_resnet20_c" -> Models.residual("cifar_resnet20").withShortcut(ResNetSpec.Shortcut.C);
            case "cifar_resnet56_a" -> Models.residual("cifar_resnet56");
            case "cifar_plain20" -> Models.residual("cifar_plain20");
            default -> throw new IllegalArgumentException(name);
        };
        byte[] raw = Files.readAllBytes(data.resolve("cifar-10-batches-bin").resolve("data_batch_1.bin"));
        return new GoldenCase(
                name,
                spec,
                Phase.TRAINING,
                0,
                128,
                (step, labels) -> pictures(raw, step, labels),
                List.of(Descent.PAPER),
                Json.parseObject(Files.readString(folder.resolve(name + ".json"))),
                folder.resolve(name + ".safetensors"));
    }

    /** A case that {@code tools/make_golden.py} made. */
    static GoldenCase own(String name) throws IOException {
        Map<String, @Nullable Object> about = Json.parseObject(Files.readString(OWN.resolve(name + ".json")));
        ResNetSpec spec = spec(name, Json.object(about.get("network"), "network"));
        return new GoldenCase(
                name,
                spec,
                Boolean.TRUE.equals(about.get("frozenNorm")) ? Phase.TRAINING_FROZEN_NORM : Phase.TRAINING,
                ((Number) value(about, "labelSmoothing")).doubleValue(),
                ((Number) value(about, "batch")).intValue(),
                (step, labels) -> numbers(spec, step, labels),
                descents(about),
                about,
                OWN.resolve(name + ".safetensors"));
    }

    /** An ImageNet network from outside at 224 pixels, on four pictures a step that are numbers by name. */
    static GoldenCase large(String name) throws IOException {
        Path folder = data().resolve("golden").resolve("torch");
        Map<String, @Nullable Object> about = Json.parseObject(Files.readString(folder.resolve(name + ".json")));
        NetworkSpec spec = switch (name) {
            case "resnet18_a" -> Models.residual("resnet18").withShortcut(ResNetSpec.Shortcut.A);
            case "resnet18_b" -> Models.byName("resnet18");
            case "resnet34_b" -> Models.byName("resnet34");
            case "resnet50_v1" -> Models.residual("resnet50").withStride(ResNetSpec.Stride.V1);
            case "resnet50_v15" -> Models.byName("resnet50");
            case "resnet152_v15" -> Models.byName("resnet152");
            // The golden files were made without dropout.
            case "vgg19", "vgg19_bn" ->
                Models.byName(name) instanceof VggSpec s ? s.withDropout(0) : Models.byName(name);
            default -> Models.byName(name);
        };
        int steps = ((Number) value(about, "steps")).intValue();
        return new GoldenCase(
                name,
                spec,
                Phase.TRAINING,
                0,
                ((Number) value(about, "batch")).intValue(),
                (step, labels) -> {
                    float[] images = inputs(spec, step, labels.length);
                    for (int i = 0; i < labels.length; i++) {
                        labels[i] = (389 * i + 97 * step + 7) % spec.classes();
                    }
                    return images;
                },
                steps == 0 ? List.of() : List.of(Descent.paper(0.01, steps)),
                about,
                folder.resolve(name + ".safetensors"));
    }

    private static List<Descent> descents(Map<String, ? extends @Nullable Object> about) throws JsonException {
        List<Descent> all = new ArrayList<>();
        for (Object d : (Iterable<?>) value(about, "descents")) {
            all.add(Descent.of(Json.object(d, "a descent")));
        }
        return all;
    }

    private static ResNetSpec spec(String name, Map<String, ? extends @Nullable Object> n) {
        return new ResNetSpec(
                name,
                ResNetSpec.Stem.valueOf((String) value(n, "stem")),
                ResNetSpec.Block.valueOf((String) value(n, "block")),
                integers(n, "depths"),
                integers(n, "widths"),
                ResNetSpec.Shortcut.valueOf((String) value(n, "shortcut")),
                ResNetSpec.Stride.valueOf((String) value(n, "stride")),
                ResNetSpec.ZeroPad.valueOf((String) value(n, "pad")),
                ((Number) value(n, "classes")).intValue(),
                ((Number) value(n, "inputSize")).intValue(),
                false);
    }

    private static List<Integer> integers(Map<String, ? extends @Nullable Object> n, String name) {
        return StreamSupport.stream(((Iterable<?>) value(n, name)).spliterator(), false)
                .map(i -> ((Number) i).intValue())
                .toList();
    }

    private static Object value(Map<String, ? extends @Nullable Object> about, String name) {
        return Objects.requireNonNull(about.get(name), name);
    }

    /** The rule by which a parameter is filled. */
    String rule(String parameter) throws JsonException {
        return (String) value(Json.object(about.get("rules"), "rules"), parameter);
    }

    /** A figure of a tensor: {@code rms} of the truth, or {@code f32_dev_max}, how far PyTorch's own float32 lies from it. */
    double figure(String tensor, String name) {
        try {
            Map<String, ?> tensors = Json.object(about.get("tensors"), "tensors");
            return ((Number) value(Json.object(tensors.get(tensor), tensor), name)).doubleValue();
        } catch (JsonException e) {
            throw new IllegalArgumentException(this.name + ": " + e.getMessage(), e);
        }
    }

    static Path data() {
        String named = System.getenv("RESNET4J_DATA");
        Path folder = named != null ? Path.of(named) : Path.of("..", "..", "shared", "data");
        if (!Files.isDirectory(folder)) {
            System.out.println("SKIPPED: golden files are not there; set RESNET4J_DATA to the folder that has them");
        }
        Assumptions.assumeTrue(Files.isDirectory(folder), "golden files are not at " + folder);
        return folder;
    }

    /** Records of CIFAR-10's first file, normalised by ImageNet's statistics in float32. */
    private static float[] pictures(byte[] raw, int step, int[] labels) {
        float[] mean = {0.485f, 0.456f, 0.406f};
        float[] std = {0.229f, 0.224f, 0.225f};
        float[] out = new float[labels.length * 3072];
        for (int i = 0; i < labels.length; i++) {
            int at = (step * labels.length + i) * 3073;
            labels[i] = raw[at];
            for (int p = 0; p < 3072; p++) {
                int c = p / 1024;
                out[i * 3072 + p] = ((raw[at + 1 + p] & 0xff) / 255f - mean[c]) / std[c];
            }
        }
        return out;
    }

    private static float[] inputs(NetworkSpec spec, int step, int count) {
        float[] out = GoldenNumbers.u("input" + step, count * 3 * spec.inputSize() * spec.inputSize());
        for (int i = 0; i < out.length; i++) {
            out[i] = 1.7f * out[i];
        }
        return out;
    }

    private static float[] numbers(NetworkSpec spec, int step, int[] labels) {
        float[] out = inputs(spec, step, labels.length);
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (5 * i + 3 * step + i * step) % spec.classes();
        }
        return out;
    }
}
