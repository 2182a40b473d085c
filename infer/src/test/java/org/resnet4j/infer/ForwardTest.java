package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.testkit.GoldenNumbers;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import org.resnet4j.weights.WeightsException;

/** Every module of torchvision's network gives what it gives there, all asked for at once and alone. */
final class ForwardTest {
    @TempDir
    Path folder;

    private static Backend backend() {
        return OnednnBackend.open(Path.of("target", "natives"), 2);
    }

    private static NamedTensor input(int n, int h, int w, Arena arena) {
        float[] pictures = TorchModules.pictures("input", n * 3 * h * w);
        return NamedTensor.of("input", TensorType.f32(n, 3, h, w), pictures, arena);
    }

    private static void compare(NamedTensor found, StateDict truth) throws IOException {
        long[] shape = Arrays.stream(truth.get("shape." + found.name()).toDoubles())
                .mapToLong(d -> (long) d)
                .toArray();
        assertThat(found.type().shape().dims()).as(found.name()).isEqualTo(shape);
        double[] wanted = truth.get(found.name()).toDoubles();
        float[] all = found.toFloats();
        int[] at = GoldenNumbers.pick(found.name(), all.length);
        double largest = Arrays.stream(wanted).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < at.length; i++) {
            assertThat(Math.abs(all[at[i]] - wanted[i]))
                    .as(found.name() + " at " + at[i] + ", wanted " + wanted[i] + ", found " + all[at[i]])
                    .isLessThan(2e-5 * Math.max(1, largest));
        }
    }

    @Test
    void everyModuleGivesWhatTorchvisionsGives() throws IOException {
        try (Pretrained model = TorchModules.open(folder);
                StateDict truth = TorchModules.truth(folder);
                Arena arena = Arena.ofConfined()) {
            List<String> names = truth.tensors().stream()
                    .map(NamedTensor::name)
                    .filter(n -> !n.startsWith("shape.") && !n.startsWith("cam."))
                    .toList();
            assertThat(names).hasSizeGreaterThan(60).contains("layer1.0.conv2", "layer1.0.relu_2", "layer4", "avgpool");
            List<NamedTensor> together = Forward.run(model, input(2, 48, 64, arena), names, backend(), arena);
            assertThat(together).hasSize(1 + names.size());
            for (NamedTensor t : together.subList(1, together.size())) {
                compare(t, truth);
            }
            for (String name :
                    List.of("bn1", "layer2.0.conv2", "layer3.0.bn3", "layer3.0.downsample", "layer4", "fc")) {
                NamedTensor alone = Forward.run(model, input(2, 48, 64, arena), List.of(name), backend(), arena)
                        .get(1);
                compare(alone, truth);
            }
        }
    }

    /** More pictures than are run at once, the last turn not full. */
    @Test
    void manyPicturesInTurnsAreEachOnItsOwn() throws IOException {
        try (Pretrained model = TorchModules.open(folder);
                Arena arena = Arena.ofConfined()) {
            int n = 18;
            NamedTensor all = input(n, 224, 230, arena);
            List<NamedTensor> found = Forward.run(model, all, List.of("avgpool"), backend(), arena);
            assertThat(found.get(0).type()).hasToString("f32[18, 5]");
            assertThat(found.get(1).type()).hasToString("f32[18, 2048, 1, 1]");
            for (int i : new int[] {0, 15, 17}) {
                long each = all.data().byteSize() / n;
                NamedTensor one = new NamedTensor(
                        "input", TensorType.f32(1, 3, 224, 230), all.data().asSlice(i * each, each));
                float[] alone = Forward.run(model, one, List.of(), backend(), arena)
                        .getFirst()
                        .toFloats();
                float[] together = Arrays.copyOfRange(found.getFirst().toFloats(), 5 * i, 5 * i + 5);
                for (int c = 0; c < 5; c++) {
                    assertThat(Math.abs(alone[c] - together[c])).isLessThan(1e-5f);
                }
            }
        }
    }

    @Test
    void otherTensorsAreRefused() throws IOException {
        try (Pretrained model = TorchModules.open(folder);
                Arena arena = Arena.ofConfined()) {
            for (TensorType type : List.of(
                    TensorType.f32(1, 1, 64, 64),
                    TensorType.f32(3, 64, 64),
                    TensorType.f32(1, 3, 64, 64).withDType(DType.F64))) {
                NamedTensor wrong = new NamedTensor("x.npy, x", type, arena.allocate(type.bytes()));
                assertThatThrownBy(() -> Forward.run(model, wrong, List.of(), backend(), arena))
                        .isInstanceOf(WeightsException.class)
                        .hasMessageContaining("x.npy, x: f32 [N, 3, H, W]")
                        .hasMessageContaining(type.toString());
            }
        }
    }
}
