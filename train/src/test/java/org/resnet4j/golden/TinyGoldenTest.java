package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.tensor.DType;

/**
 * Networks of 8 to 14 layers against files that stand beside this test, which {@code tools/make_golden.py} made with PyTorch in
 * float64: every kind of shortcut and block, frozen batch norm, smoothed labels, and in one case every kind of momentum. Their
 * inputs keep each ReLU away from its corner, so that float32 flips none and the bounds can be far tighter than on real pictures.
 */
@Tag("golden")
final class TinyGoldenTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain8",
                "resnet14_a",
                "resnet8_a_split",
                "resnet8_b",
                "resnet8_b_frozen",
                "resnet8_c",
                "bottleneck11",
                "bottleneck8_v1_imagenet"
            })
    void bothBackendsAgree(String name) throws IOException {
        GoldenCase golden = GoldenCase.own(name);
        assertThat(GoldenRun.of(golden, ReferenceBackend.create(), DType.F64, (_, largest) -> 1e-9 * largest))
                .as(name + " on reference")
                .allMatch(Deviation::withinBound);
        OnednnBackend onednn = OnednnBackend.open(Path.of("target", "natives"), 2);
        assertThat(GoldenRun.of(golden, onednn, DType.F32, (tensor, largest) -> float32(golden, tensor, largest)))
                .as(name + " on onednn")
                .allMatch(Deviation::withinBound);
    }

    /** Two kinds of momentum in one file differ by 0.03 at least. */
    private static double float32(GoldenCase golden, String tensor, double largest) {
        double eight = 8 * golden.figure(tensor, "f32_dev_max");
        return Math.max(eight, tensor.startsWith("sgd.") ? 1e-3 : 2e-5 * largest);
    }
}
