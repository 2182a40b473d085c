package org.resnet4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The checker agrees with true gradients and with no others. */
final class GradientCheckerTest {
    private static double function(double[] x) {
        return Math.sin(x[0]) * x[1] + x[2] * x[2];
    }

    private static final double[] AT = {0.3, -2, 0.7};

    @Test
    void trueGradientsPassAndOthersDoNot() {
        double[] gradient = {Math.cos(AT[0]) * AT[1], Math.sin(AT[0]), 2 * AT[2]};
        GradientChecker.Outcome right = GradientChecker.check(GradientCheckerTest::function, AT, gradient, 1e-5);
        assertThat(right.relative()).isLessThan(1e-9);
        assertThat(right.largest()).isCloseTo(1.91, org.assertj.core.data.Offset.offset(0.01));
        for (int i = 0; i < gradient.length; i++) {
            double[] wrong = gradient.clone();
            wrong[i] += 1e-3;
            assertThat(GradientChecker.check(GradientCheckerTest::function, AT, wrong, 1e-5)
                            .relative())
                    .isGreaterThan(1e-4);
        }
        assertThat(AT).containsExactly(0.3, -2, 0.7);
    }

    @Test
    void aFunctionOfNothingShowsAndLengthsMustAgree() {
        assertThat(GradientChecker.check(_ -> 4, AT, new double[3], 1e-5).largest())
                .isZero();
        assertThatThrownBy(() -> GradientChecker.check(_ -> 4, AT, new double[2], 1e-5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found 2 for 3");
    }
}
