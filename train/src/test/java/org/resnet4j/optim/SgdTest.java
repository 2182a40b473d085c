package org.resnet4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import org.resnet4j.engine.Layout;
import org.resnet4j.engine.Parameters;
import org.resnet4j.tensor.TensorType;

class SgdTest {
    private static final double[] RATES = {0.1, 0.1, 0.01};
    private static final float[] GRADIENTS = {0.5f, -0.25f, 1f};

    // w0 = 1, m = 0.9, decay 0.1, the rates and gradients above, by torch.optim.SGD's formula in decimals:
    // d0 = 0.6, v0 = 0.6, w1 = 0.94; d1 = -0.156, v1 = 0.384, w2 = 0.9016; d2 = 1.09016, v2 = 1.43576, w3 = 0.8872424
    @Test
    void pytorchConventionFollowsItsFormula() {
        assertThat(run(Momentum.PYTORCH, false)).satisfiesExactly(near(0.94), near(0.9016), near(0.8872424));
    }

    // d0 + m v0 = 0.6 + 0.54 = 1.14, w1 = 0.886; d1 = -0.1614, v1 = 0.3786, look-ahead 0.17934, w2 = 0.868066;
    // d2 = 1.0868066, v2 = 1.4275466, look-ahead 2.37159854, w3 = 0.8443500146
    @Test
    void pytorchNesterovFollowsItsFormula() {
        assertThat(run(Momentum.PYTORCH, true)).satisfiesExactly(near(0.886), near(0.868066), near(0.8443500146));
    }

    // lr inside: v0 = 0.06, w1 = 0.94; v1 = 0.054 - 0.0156 = 0.0384, w2 = 0.9016; v2 = 0.03456 + 0.0109016 = 0.0454616,
    // w3 = 0.8561384: the same until the rate moves, then three times as far
    @Test
    void caffeConventionFollowsItsFormula() {
        assertThat(run(Momentum.CAFFE, false)).satisfiesExactly(near(0.94), near(0.9016), near(0.8561384));
    }

    // step = 1.9 v - 0.9 old: v0 = 0.06, w1 = 0.886; v1 = 0.054 - 0.01614 = 0.03786, step 0.017934, w2 = 0.868066;
    // v2 = 0.034074 + 0.010868066 = 0.044942066, step 0.0513159254, w3 = 0.8167500746
    @Test
    void caffeNesterovFollowsItsFormula() {
        assertThat(run(Momentum.CAFFE, true)).satisfiesExactly(near(0.886), near(0.868066), near(0.8167500746));
    }

    private static ThrowingConsumer<Double> near(double wanted) {
        return found -> assertThat(found).isCloseTo(wanted, offset(2e-7));
    }

    private static List<Double> run(Momentum convention, boolean nesterov) {
        List<Double> weights = new ArrayList<>();
        SgdOptions options = new SgdOptions(0.9, convention, nesterov, WeightDecay.everywhere(0.1));
        try (Parameters p = parameters(1, 1);
                Optimizer sgd = Optimizer.of(p, options, Set.of())) {
            p.set("a.weight", new float[] {1});
            for (int i = 0; i < RATES.length; i++) {
                p.gradients().set(ValueLayout.JAVA_FLOAT, 0, GRADIENTS[i]);
                sgd.step(RATES[i], i + 1);
                weights.add(p.doubles("a.weight")[0]);
            }
        }
        return weights;
    }

    @Test
    void decayOfBatchNormIsItsOwn() {
        SgdOptions options = new SgdOptions(0, Momentum.PYTORCH, false, WeightDecay.exceptNorm(0.5));
        try (Parameters p = parameters(3, 2);
                Optimizer sgd = Optimizer.of(p, options, Set.of("bn.weight"))) {
            p.set("a.weight", new float[] {1, 2, 4});
            p.set("bn.weight", new float[] {1, 2});
            p.set("bn.running_mean", new float[] {7});
            sgd.step(1, 1);
            assertThat(p.doubles("a.weight")).containsExactly(0.5, 1, 2);
            assertThat(p.doubles("bn.weight")).containsExactly(1, 2);
            assertThat(p.doubles("bn.running_mean")).containsExactly(7);
        }
    }

    @Test
    void longBlocksAreTheSameInPiecesAsOneByOne() {
        int n = 5000; // two whole pieces and a rest
        float[] w = new float[n];
        float[] g = new float[n];
        Random random = new Random(1);
        for (int i = 0; i < n; i++) {
            w[i] = random.nextFloat() - 0.5f;
            g[i] = random.nextFloat() - 0.5f;
        }
        try (Parameters p = parameters(n, 3);
                Optimizer sgd = Optimizer.of(p, SgdOptions.PAPER, Set.of())) {
            p.set("a.weight", w);
            MemorySegment.copy(g, 0, p.gradients(), ValueLayout.JAVA_FLOAT, 0, n);
            sgd.step(0.1, 1);
            sgd.step(0.1, 2);
            float[] v = new float[n];
            for (int step = 0; step < 2; step++) {
                for (int i = 0; i < n; i++) {
                    v[i] = 0.9f * v[i] + (g[i] + 1e-4f * w[i]);
                    w[i] = w[i] - 0.1f * v[i];
                }
            }
            try (Arena arena = Arena.ofConfined()) {
                assertThat(p.plain("a.weight", arena).toArray(ValueLayout.JAVA_FLOAT))
                        .containsExactly(w);
                assertThat(p.plainOf(
                                        "a.weight",
                                        Objects.requireNonNull(sgd.states().get("momentum")),
                                        arena)
                                .toArray(ValueLayout.JAVA_FLOAT))
                        .containsExactly(v);
            }
        }
    }

    @Test
    void parametersWithoutGradientsAreRefused() {
        try (Parameters p = Parameters.allocate(
                List.of(new Parameters.Request("a", TensorType.f32(1), true, 4, Layout.PLAIN)), false)) {
            assertThatThrownBy(() -> Optimizer.of(p, SgdOptions.PAPER, Set.of()))
                    .hasMessageContaining("no gradients");
        }
    }

    @Test
    void constantsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> WeightDecay.everywhere(Double.NaN)).hasMessageContaining("found NaN");
        assertThatThrownBy(() -> new SgdOptions(1, Momentum.CAFFE, false, WeightDecay.everywhere(0)))
                .hasMessageContaining("momentum must be in [0, 1)");
        assertThatThrownBy(() -> new SgdOptions(0, Momentum.CAFFE, true, WeightDecay.everywhere(0)))
                .hasMessageContaining("nesterov");
    }

    private static Parameters parameters(int weights, int norms) {
        return Parameters.allocate(
                List.of(
                        new Parameters.Request("a.weight", TensorType.f32(weights), true, 4L * weights, Layout.PLAIN),
                        new Parameters.Request("bn.weight", TensorType.f32(norms), true, 4L * norms, Layout.PLAIN),
                        new Parameters.Request("bn.running_mean", TensorType.f32(1), false, 4, Layout.PLAIN)),
                true);
    }
}
