package org.resnet4j.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Histograms of magnitudes, and what the three methods make of them. */
final class MethodTest {
    private static Histogram of(float[]... parts) {
        Histogram h = new Histogram();
        for (float[] part : parts) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_FLOAT, part);
                h.add("x", memory, part.length);
            }
        }
        return h;
    }

    private static float[] normal(int n, double deviation, long seed) {
        Random random = new Random(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    @Test
    void theLargestIsExact() {
        assertThat(Method.MINMAX.magnitude(of(new float[] {1, -7.25f, 3}, new float[] {2}), 0))
                .isEqualTo(7.25);
        assertThat(Method.MINMAX.magnitude(of(new float[] {0, 0}), 0)).isZero();
    }

    @Test
    void aHistogramThatGrewIsTheOneMadeAtOnce() {
        float[] small = normal(5000, 0.01, 1);
        float[] large = normal(5000, 1, 2);
        Histogram grown = of(small, large);
        float[] both = new float[10000];
        System.arraycopy(small, 0, both, 0, 5000);
        System.arraycopy(large, 0, both, 5000, 5000);
        Histogram once = of(both);
        assertThat(grown.total()).isEqualTo(10000);
        for (double p : new double[] {40, 60, 90, 99.9}) {
            assertThat(Method.PERCENTILE.magnitude(grown, p))
                    .isCloseTo(Method.PERCENTILE.magnitude(once, p), within(0.01));
        }
    }

    @Test
    void aPercentileIsThatOfTheNormalDistribution() {
        Histogram h = of(normal(1_000_000, 2, 3));
        // 99 % of a normal distribution lie within 2.5758 deviations, 99.9 % within 3.2905.
        assertThat(Method.PERCENTILE.magnitude(h, 99)).isCloseTo(2 * 2.5758, within(0.02));
        assertThat(Method.PERCENTILE.magnitude(h, 99.9)).isCloseTo(2 * 3.2905, within(0.06));
        assertThat(h.shareAbove(2 * 2.5758)).isCloseTo(0.01, within(0.0005));
    }

    @Test
    void divergenceCutsOffAFewStraysAndKeepsAnEvenSpread() {
        float[] strays = normal(100_000, 1, 4);
        strays[17] = 40;
        strays[18] = -60;
        assertThat(Method.KL.magnitude(of(strays), 0)).isBetween(2.5, 8.0);
        Random random = new Random(5);
        float[] even = new float[100_000];
        for (int i = 0; i < even.length; i++) {
            even[i] = random.nextFloat();
        }
        assertThat(Method.KL.magnitude(of(even), 0)).isGreaterThan(0.95);
        // What ReLU makes of half of them says nothing about the others.
        assertThat(Method.KL.magnitude(of(even, new float[100_000]), 0)).isEqualTo(Method.KL.magnitude(of(even), 0));
        assertThat(Method.KL.magnitude(of(new float[5]), 0)).isZero();
    }

    @Test
    void whatIsNotFiniteIsSaid() {
        assertThatThrownBy(() -> of(new float[] {1, Float.NaN}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("element 1");
    }
}
