package org.resnet4j.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.augment.Normalization;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.json.Json;
import org.resnet4j.onnx.OnnxExport;
import org.resnet4j.onnx.OnnxModel;
import org.resnet4j.pass.Passes;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.Variant;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/** The readers of networks: ONNX, the configuration of a model folder, JSON. */
final class NetworkFuzzTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    private static final ResNetSpec BASIC = new ResNetSpec(
            "tiny",
            ResNetSpec.Stem.CIFAR,
            ResNetSpec.Block.BASIC,
            List.of(1, 1),
            List.of(2, 4),
            ResNetSpec.Shortcut.A,
            ResNetSpec.Stride.V1,
            ResNetSpec.ZeroPad.APPEND,
            2,
            8,
            false,
            Variant.PAPER);

    @BeforeAll
    static void writeWeights() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        try (Arena arena = Arena.ofConfined()) {
            NamedTensor mean = NamedTensor.of("mean", TensorType.f32(3, 8, 8), new float[192], arena);
            Safetensors.write(model.resolve("model.safetensors"), List.of(mean), Map.of());
            Safetensors.write(model.resolve("mean.safetensors"), List.of(mean), Map.of());
        }
    }

    @MethodSource("graphs")
    @FuzzTest(maxDuration = Target.DURATION)
    void onnx(byte[] data) throws IOException {
        Path file = Files.write(folder.resolve("input.onnx"), data);
        Target.run(() -> OnnxModel.read(file, Target.LIMITS).close());
    }

    @MethodSource("configurations")
    @FuzzTest(maxDuration = Target.DURATION)
    void modelFolder(byte[] data) throws IOException {
        Path model = folder.resolve("model");
        Files.write(model.resolve("config.json"), data);
        Target.run(() -> ModelFolder.open(model));
    }

    /** What is read can be written, and that is read as the same. */
    @MethodSource("configurations")
    @FuzzTest(maxDuration = Target.DURATION)
    void json(byte[] data) {
        Target.run(() -> {
            Map<String, ?> read = Json.parseObject(new String(data, StandardCharsets.UTF_8));
            if (!Json.parseObject(Json.write(read)).equals(read)) {
                throw new AssertionError("not the same again: " + read);
            }
        });
    }

    static Stream<byte[]> graphs() throws IOException {
        ResNetSpec gated = new ResNetSpec(
                "tiny",
                ResNetSpec.Stem.DEEP,
                ResNetSpec.Block.BOTTLENECK,
                List.of(1),
                List.of(2),
                ResNetSpec.Shortcut.B,
                ResNetSpec.Stride.V1_5,
                ResNetSpec.ZeroPad.APPEND,
                2,
                32,
                false,
                Variant.PAPER.withSqueeze(2).withAverageDown(true));
        List<byte[]> files = new ArrayList<>();
        for (NetworkSpec spec : List.of(BASIC, gated)) {
            Graph kept = Networks.graph(spec, Phase.INFERENCE);
            files.add(export(kept));
            files.add(export(Passes.run(kept, Passes.forInference())));
        }
        return files.stream();
    }

    private static byte[] export(Graph graph) throws IOException {
        Path file = Files.createTempFile("resnet4j", ".onnx");
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> zeros = graph.parameters().stream()
                    .map(p -> new NamedTensor(
                            p.name(),
                            p.value().type(),
                            arena.allocate(p.value().type().bytes())))
                    .toList();
            OnnxExport.write(file, graph, zeros, Map.of());
            return Files.readAllBytes(file);
        } finally {
            Files.delete(file);
        }
    }

    static Stream<byte[]> configurations() throws IOException {
        List<byte[]> files = new ArrayList<>();
        Path written = Files.createTempDirectory("resnet4j");
        Path weights = written.resolve("weights");
        try (Arena arena = Arena.ofConfined()) {
            Safetensors.write(weights, List.of(NamedTensor.of("w", TensorType.f32(1), new float[1], arena)), Map.of());
        }
        List<Normalization> all = List.of(Normalization.IMAGENET, Normalization.PerPixelMean.of(new float[3 * 8 * 8]));
        for (Normalization normalization : all) {
            new ModelFolder(BASIC, List.of("cat", "dog"), normalization, weights).write(written, Map.of());
            files.add(Files.readAllBytes(written.resolve("config.json")));
        }
        try (Stream<Path> found = Files.list(written)) {
            for (Path file : found.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(written);
        files.add(
                "{\"a\":[1,-2.5e3,true,false,null,\"\\u00e9\\n\"],\"b\":{\"c\":{}}}".getBytes(StandardCharsets.UTF_8));
        return files.stream();
    }
}
