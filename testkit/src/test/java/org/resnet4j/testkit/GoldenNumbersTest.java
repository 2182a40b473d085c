package org.resnet4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Pinned, since every golden file depends on them. */
final class GoldenNumbersTest {
    @Test
    void numbersStayAndAreInRange() {
        float[] a = GoldenNumbers.u("conv1.weight", 1000);
        assertThat(a).containsExactly(GoldenNumbers.u("conv1.weight", 1000));
        assertThat(a).isNotEqualTo(GoldenNumbers.u("conv1.weighs", 1000));
        for (float x : a) {
            assertThat(x).isBetween(-1f, 0.9999999f);
        }
        assertThat(Arrays.stream(GoldenNumbers.pick("conv1.weight", 7)).boxed())
                .hasSize(32)
                .allMatch(i -> i >= 0 && i < 7);
        assertThat(GoldenNumbers.value("bn1.weight", new long[] {16}, "one")).hasSize(16);
    }
}
