package org.resnet4j.paper.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.infer.Forward;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.random.Rng;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.zoo.Models;

/** Deviations of responses are those of features that the oracle gives, and those that PyTorch gives for trained networks. */
final class ResponsesTest {
    private static final int PICTURES = 130; // more than a batch, the last not full

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Shortcut.class)
    void deviationsAreThoseOfFeatures(Shortcut shortcut) throws IOException {
        Dataset pictures = Tiny.pictures(PICTURES);
        try (Pretrained model = Tiny.open(Tiny.network(shortcut), folder);
                Arena arena = Arena.ofConfined()) {
            int[] told = new int[1];
            Responses found = Responses.of(model, pictures, Tiny.onednn(), 0, n -> told[0] = n);
            assertThat(told[0]).isEqualTo(PICTURES);
            assertThat(found.pictures()).isEqualTo(PICTURES);
            assertThat(found.layers())
                    .extracting(Responses.Layer::name)
                    .containsExactly(
                            "conv1",
                            "layer1.0.conv1",
                            "layer1.0.conv2",
                            "layer1.1.conv1",
                            "layer1.1.conv2",
                            "layer2.0.conv1",
                            "layer2.0.conv2",
                            "layer2.1.conv1",
                            "layer2.1.conv2");
            List<String> norms = found.layers().stream()
                    .map(l -> l.name().replace("conv", "bn"))
                    .toList();
            NamedTensor input = input(model, pictures, arena);
            List<NamedTensor> features = Forward.run(model, input, norms, ReferenceBackend.create(), arena);
            for (int i = 0; i < norms.size(); i++) {
                float[] all = features.get(i + 1).toFloats();
                double mean = 0;
                for (float x : all) {
                    mean += x / (double) all.length;
                }
                double variance = 0;
                for (float x : all) {
                    variance += (x - mean) * (x - mean) / all.length;
                }
                Responses.Layer layer = found.layers().get(i);
                assertThat(layer.deviation()).as(layer.name()).isGreaterThan(0.1);
                assertThat(layer.deviation()).as(layer.name()).isCloseTo(Math.sqrt(variance), within(1e-5));
                assertThat(layer.mean()).as(layer.name()).isCloseTo(mean, within(1e-5));
            }
            assertThat(found.sorted()).hasSameElementsAs(found.layers());
            assertThat(found.sorted().stream().map(l -> -l.deviation()).toList())
                    .isSorted();
        }
    }

    private static NamedTensor input(Pretrained model, Dataset pictures, Arena arena) throws IOException {
        TensorType type = TensorType.f32(pictures.size(), 3, 8, 8);
        MemorySegment numbers = arena.allocate(type.bytes(), Float.BYTES);
        for (int i = 0; i < pictures.size(); i++) {
            model.preprocessing()
                    .normalization()
                    .write(
                            model.preprocessing().transform().apply(pictures.image(i), Rng.of(0)),
                            numbers,
                            i * type.bytes() / pictures.size());
        }
        return new NamedTensor("input", type, numbers);
    }

    @Test
    void networksWithoutNormsBehindTheirConvolutionsAreRefused() throws IOException {
        for (String name : List.of("cifar_resnetv2_20", "cifar_highway19")) {
            try (Pretrained model = Tiny.open(Models.byName(name), folder)) {
                assertThatThrownBy(() -> Responses.of(model, Tiny.pictures(2), Tiny.onednn(), 0, _ -> {}))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(name)
                        .hasMessageContaining("no batch norm follows");
            }
        }
    }

    /** The numbers are printed by tools/responses_reference.py: PyTorch, 1000 pictures. */
    @ParameterizedTest
    @CsvSource({"resnet20-12fca82f.th, cifar_resnet20", "resnet32-d509ac18.th, cifar_resnet32"})
    void deviationsAreThoseOfPyTorch(String file, String network) throws IOException {
        String named = System.getenv("RESNET4J_DATA");
        Path data = named != null ? Path.of(named) : Path.of("..", "..", "shared", "data");
        boolean there = Files.isDirectory(data.resolve("cifar10-weights"))
                && Files.isDirectory(data.resolve("cifar-10-batches-bin"));
        if (!there) {
            System.out.println("SKIPPED: CIFAR-10 and its weights are not at " + data
                    + "; set RESNET4J_DATA to the folder that has them");
        }
        Assumptions.assumeTrue(there, "CIFAR-10 and its weights are not at " + data);
        Dataset test = Datasets.open(data.resolve("cifar-10-batches-bin").toString(), Part.TEST);
        try (Pretrained model = Pretrained.open(data.resolve("cifar10-weights").resolve(file))) {
            Responses found = Responses.of(model, test.first(1000), Tiny.onednn(), 1, _ -> {});
            assertThat(found.network()).isEqualTo(network);
            List<Double> wanted = ReferenceNumbers.column("/golden/responses.csv", network);
            assertThat(found.deviations()).hasSize(wanted.size());
            for (int i = 0; i < wanted.size(); i++) {
                assertThat(found.deviations().get(i))
                        .as(found.layers().get(i).name())
                        .isCloseTo(wanted.get(i), within(1e-4 * wanted.get(i)));
            }
        }
    }
}
