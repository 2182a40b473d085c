package org.resnet4j.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.image.Image;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.infer.TorchModules;
import org.resnet4j.weights.StateDict;

/** Maps are those that PyTorch's autograd gives. */
final class GradCamTest {
    @TempDir
    Path folder;

    private static Backend backend() {
        return OnednnBackend.open(Path.of("target", "natives"), 2);
    }

    @ParameterizedTest
    @CsvSource({"layer4, 4, true", "layer4, 2, false", "layer2, 4, true", "layer2, 2, true"})
    void mapsAreThoseOfAutograd(String layer, int target, boolean somethingSpeaks) throws IOException {
        try (Pretrained model = TorchModules.open(folder);
                StateDict truth = TorchModules.truth(folder);
                GradCam cam = GradCam.open(model, layer.equals("layer4") ? null : layer, backend())) {
            double[] wanted = truth.get("cam." + layer + "." + target).toDoubles();
            Heatmap found = cam.map(TorchModules.pictures("picture", 3 * 64 * 64), target);
            assertThat(found.width() * found.height()).isEqualTo(wanted.length);
            double largest = Arrays.stream(wanted).max().orElseThrow();
            assertThat(largest > 0).isEqualTo(somethingSpeaks);
            for (int i = 0; i < wanted.length; i++) {
                float value = found.at(i % found.width(), i / found.width());
                assertThat(Math.abs(value - wanted[i]))
                        .as(layer + " at " + i + ", wanted " + wanted[i] + ", found " + value)
                        .isLessThan(1e-5);
            }
            assertThat((double) found.max()).isCloseTo(largest, within(1e-5));
        }
    }

    @Test
    void theLikeliestClassIsExplainedUnlessOneIsNamed() throws IOException {
        byte[] rgb = new byte[3 * 80 * 70];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 7 + i / 240);
        }
        try (Pretrained model = TorchModules.open(folder);
                GradCam cam = GradCam.open(model, null, backend())) {
            Explanation found = cam.explain(new Image(80, 70, rgb), OptionalInt.empty());
            assertThat(found.target())
                    .isEqualTo(found.answer().predictions(1).getFirst().index());
            assertThat(found.picture().width()).isEqualTo(64);
            assertThat(found.overlay()).isNotEqualTo(found.picture());
            assertThatThrownBy(() -> cam.explain(new Image(80, 70, rgb), OptionalInt.of(5)))
                    .hasMessageContaining("classes 0 to 4, found 5");
            assertThatThrownBy(() -> GradCam.open(model, "flatten", backend()))
                    .hasMessageContaining("maps [N, C, H, W]");
        }
    }

    /** By hand: two channels whose mean gradients are 1 and -2. */
    @Test
    void weightsAreMeanGradientsAndWhatIsNegativeIsNothing() {
        Heatmap map = Heatmap.of(new float[] {1, 2, 3, 4, 0, 1, 1, 3}, new float[] {4, 0, 0, 0, -2, -2, -2, -2}, 2, 2);
        assertThat(new float[] {map.at(0, 0), map.at(1, 0), map.at(0, 1), map.at(1, 1)})
                .containsExactly(1, 0, 1, 0);
        Heatmap larger = map.enlarged(4, 4);
        assertThat(new float[] {larger.at(0, 0), larger.at(1, 0), larger.at(2, 0), larger.at(3, 3)})
                .containsExactly(1, 0.75f, 0.25f, 0);
    }

    @Test
    void redIsMostAndBlueIsNothing() {
        Heatmap map = Heatmap.of(new float[] {0, 2}, new float[] {1, 1}, 1, 2);
        Image over = map.over(new Image(2, 1, new byte[6]));
        assertThat(over.at(0, 0, 2)).isGreaterThan(50);
        assertThat(over.at(0, 0, 0)).isZero();
        assertThat(over.at(1, 0, 0)).isGreaterThan(50);
        assertThat(over.at(1, 0, 2)).isZero();
    }
}
