package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.TensorType;

class InitializerTest {
    private static Parameter parameter(String name, Init init, long... dims) {
        return new Parameter(new Value(0, name, TensorType.f32(dims)), true, init);
    }

    @Test
    void numbersArePinned() {
        float[] he = Initializer.draw(parameter("conv1.weight", new Init.HeNormal(), 2, 1, 3, 3), 0);
        float[] uniform = Initializer.draw(parameter("fc.weight", new Init.UniformFanIn(4), 1, 4), 0);
        assertThat(Arrays.copyOf(he, 3)).containsExactly(-0.19321787f, 0.15984075f, -0.33164307f);
        assertThat(uniform).containsExactly(0.46119854f, 0.42345676f, -0.20851006f, 0.32465807f);
    }

    @Test
    void heNormalHasTheDeviationOfItsFanOut() {
        // 16 tensors, 147,456 numbers: the deviation's own deviation is 0.00011, the bound is four times that
        int n = 0;
        double mean = 0;
        double square = 0;
        for (int k = 0; k < 16; k++) {
            for (float x : Initializer.draw(parameter("a" + k, new Init.HeNormal(), 64, 16, 3, 3), 1)) {
                mean += x;
                square += (double) x * x;
                n++;
            }
        }
        assertThat(mean / n).isCloseTo(0, offset(0.0006));
        assertThat(Math.sqrt(square / n)).isCloseTo(Math.sqrt(2.0 / (64 * 9)), offset(0.00044));
    }

    @Test
    void uniformStaysInItsBoundsAndReachesThem() {
        float[] uniform = Initializer.draw(parameter("a", new Init.UniformFanIn(25), 10_000), 1);
        float most = 0;
        for (float x : uniform) {
            most = Math.max(most, Math.abs(x));
        }
        assertThat(most).isLessThanOrEqualTo(0.2f).isGreaterThan(0.199f);
    }

    @Test
    void everyNameAndSeedHasItsOwnStream() {
        float[] a = Initializer.draw(parameter("a", new Init.HeNormal(), 8, 8), 1);
        assertThat(Initializer.draw(parameter("a", new Init.HeNormal(), 8, 8), 1))
                .containsExactly(a);
        assertThat(Initializer.draw(parameter("b", new Init.HeNormal(), 8, 8), 1))
                .isNotEqualTo(a);
        assertThat(Initializer.draw(parameter("a", new Init.HeNormal(), 8, 8), 2))
                .isNotEqualTo(a);
        assertThat(Initializer.draw(parameter("a", new Init.Constant(3), 2), 2)).containsExactly(3, 3);
    }
}
