package org.resnet4j.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.naming.Naming;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;

/** Files as PyTorch, timm and transformers wrote them, against each other number for number. */
final class ForeignFilesTest {
    private final Path data = Path.of(Objects.requireNonNullElse(System.getenv("RESNET4J_DATA"), "../../shared/data"));

    @BeforeEach
    void findData() {
        boolean there = Files.isDirectory(data.resolve("golden/foreign"));
        if (!there) {
            System.out.println(
                    "SKIPPED: foreign weight files are not there; set RESNET4J_DATA to the folder that has them");
        }
        Assumptions.assumeTrue(there, "no golden files at " + data);
    }

    private StateDict open(String name) throws IOException {
        return WeightFiles.open(data.resolve("golden/foreign").resolve(name), Limits.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({
        "torchvision_checkpoint.pth, resnet8.safetensors, 0",
        "timm_checkpoint_numpy_scalar.pth.tar, resnet8.safetensors, 0",
        "one_shared_storage_offsets.pth, resnet8.safetensors, 0",
        "channels_last_strides.pth, resnet8.safetensors, 0",
        "state_dict_f16.pth, resnet8.safetensors, 4.9e-4",
        "state_dict_bf16.pth, resnet8.safetensors, 3.91e-3",
        "resnet8_bf16.safetensors, state_dict_bf16.pth, 0",
        "state_dict_legacy.pth, state_dict_zip.pth, 0",
        "data_parallel_legacy.th, state_dict_zip.pth, 0"
    })
    void sameNumbers(String file, String reference, double relative) throws IOException {
        try (StateDict read = open(file);
                StateDict expected = open(reference)) {
            assertThat(read.tensors().stream().map(NamedTensor::name))
                    .containsExactlyInAnyOrderElementsOf(
                            expected.tensors().stream().map(NamedTensor::name).toList());
            for (NamedTensor e : expected.tensors()) {
                NamedTensor t = read.get(e.name());
                assertThat(t.type().shape()).isEqualTo(e.type().shape());
                if (relative == 0) {
                    assertThat(t.type()).isEqualTo(e.type());
                    assertThat(t.data().mismatch(e.data())).as(e.name()).isEqualTo(-1);
                } else if (e.type().dtype().isFloating()) {
                    float[] a = t.toFloats();
                    float[] b = e.toFloats();
                    for (int i = 0; i < a.length; i++) {
                        assertThat(a[i])
                                .as(e.name())
                                .isCloseTo(b[i], within((float) (Math.abs(b[i]) * relative) + 6e-8f));
                    }
                }
            }
        }
    }

    @Test
    void whatCheckpointsSayOfThemselves() throws IOException {
        try (StateDict timm = open("timm_checkpoint_numpy_scalar.pth.tar");
                StateDict torchvision = open("torchvision_checkpoint.pth");
                StateDict parallel = open("data_parallel_legacy.th")) {
            assertThat(timm.metadata()).containsEntry("metric", "0.915").containsEntry("arch", "resnet8");
            assertThat(timm.notes()).anyMatch(n -> n.contains("state_dict_ema"));
            assertThat(torchvision.metadata()).containsEntry("epoch", "3").containsEntry("args.lr", "0.1");
            assertThat(parallel.metadata()).containsEntry("best_prec1", "91.5");
            assertThat(parallel.notes()).contains("took module. from the front of every name");
        }
    }

    @ParameterizedTest
    @CsvSource({"whole_module_refused.pth, make_golden.Net", "torchscript_refused_or_weights.pt, TorchScript"})
    void refusedByName(String file, String part) {
        assertThatThrownBy(() -> open(file)).isInstanceOf(IOException.class).hasMessageContaining(part);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tv_basic.pth", "tv_bottleneck.pth", "tv_bottleneck_v1.pth"})
    void torchvisionNamesStay(String file) throws IOException {
        try (StateDict read = open(file)) {
            Naming.Translated t = Naming.translate(read.tensors(), Arena.ofAuto());
            assertThat(t.naming()).isEqualTo(Naming.TORCHVISION);
            assertThat(t.tensors()).isEqualTo(read.tensors());
        }
    }

    /** transformers' folders: every tensor gets a name of torchvision's, and none is left over. */
    @ParameterizedTest
    @ValueSource(strings = {"transformers_basic", "transformers_bottleneck_v15", "transformers_bottleneck_v1"})
    void transformersNames(String folder) throws IOException {
        try (StateDict read = open(folder)) {
            Naming.Translated t = Naming.translate(read.tensors(), Arena.ofAuto());
            assertThat(t.naming()).isEqualTo(Naming.TRANSFORMERS);
            assertThat(t.tensors().stream().map(NamedTensor::name))
                    .allMatch(n -> n.matches(
                            "(conv1|bn1|fc|layer[1-4]\\.\\d+\\.(conv[123]|bn[123]|downsample\\.[01]))\\.\\w+"))
                    .contains("conv1.weight", "bn1.running_mean", "layer2.0.downsample.0.weight", "fc.bias");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "timm_resnet50d, conv1.0.weight",
        "timm_seresnet50, layer1.0.se.fc1.weight",
        "timm_resnext50_32x4d, layer1.0.conv2.weight"
    })
    void timmNamesStay(String folder, String name) throws IOException {
        try (StateDict read = open(folder)) {
            assertThat(Naming.translate(read.tensors(), Arena.ofAuto()).naming())
                    .isEqualTo(Naming.TORCHVISION);
            assertThat(read.find(name)).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"resnet20-12fca82f.th, 20", "resnet32-d509ac18.th, 32"})
    void trainedCifarNetworks(String file, int layers) throws IOException {
        try (StateDict read = WeightFiles.open(data.resolve("cifar10-weights").resolve(file), Limits.DEFAULT)) {
            Naming.Translated t = Naming.translate(read.tensors(), Arena.ofAuto());
            assertThat(t.naming()).isEqualTo(Naming.AKAMASTER);
            assertThat(t.tensors().stream().filter(n -> n.name().matches("(conv1|.*\\.conv[12]|fc)\\.weight")))
                    .hasSize(layers);
            assertThat(t.tensors().stream().map(NamedTensor::name)).contains("fc.weight", "fc.bias");
        }
    }
}
