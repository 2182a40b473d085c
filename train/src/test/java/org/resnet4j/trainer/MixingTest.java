package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.tensor.Shape;

class MixingTest {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    private static Objective objective(double mixup, double cutmix) {
        return new Objective(Objective.Kind.CROSS_ENTROPY, 0, mixup, cutmix, 0);
    }

    /** Beta(a, a) has mean 1/2 and variance 1 / (4 (2 a + 1)); small alphas put nearly all at the ends. */
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 0.2, 1, 4})
    void sharesAreDrawnFromBeta(double alpha) {
        Mixing mixing = new Mixing(objective(alpha, 0), 11);
        int n = 20_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double share = mixing.draw(i, 8).share();
            assertThat(share).isBetween(0.0, 1.0);
            sum += share;
            squares += (share - 0.5) * (share - 0.5);
        }
        assertThat(sum / n).isCloseTo(0.5, within(0.015));
        assertThat(squares / n).isCloseTo(1 / (4 * (2 * alpha + 1)), within(0.006));
    }

    @Test
    void withBothABatchTakesEitherHalfOfTheTime() {
        Mixing mixing = new Mixing(objective(0.2, 1), 3);
        int cut = 0;
        for (int i = 0; i < 4000; i++) {
            Mixing.Draw draw = mixing.draw(i, 32);
            assertThat(mixing.draw(i, 32)).isEqualTo(draw);
            cut += draw.box() == null ? 0 : 1;
        }
        assertThat(cut).isBetween(1800, 2200);
    }

    /** timm's {@code rand_bbox} and the corrected share: 32 pixels, a side of a half, centres inside and at the corner. */
    @Test
    void boxesAreCutOffAtTheEdgesAndTheShareIsWhatIsLeft() {
        assertThat(Mixing.cut(32, 0.5, 16, 20)).isEqualTo(new Mixing.Draw(0.75, new Mixing.Box(8, 12, 24, 28)));
        assertThat(Mixing.cut(32, 0.5, 0, 31))
                .isEqualTo(new Mixing.Draw(1 - 72.0 / 1024, new Mixing.Box(0, 23, 8, 32)));
        assertThat(Mixing.cut(32, 0, 5, 5).share()).isEqualTo(1);
    }

    @Test
    void picturesAndTargetsAreThoseOfFrontAndBack() {
        Shape images = Shape.of(3, 2, 2, 2);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment src = arena.allocate(24 * 4, 64);
            for (int i = 0; i < 24; i++) {
                src.setAtIndex(F32, i, i);
            }
            MemorySegment dst = arena.allocate(24 * 4, 64);
            Mixing.images(new Mixing.Draw(0.75, null), src, dst, images);
            assertThat(dst.getAtIndex(F32, 1)).isEqualTo(0.75f * 1 + 0.25f * 17);
            assertThat(dst.getAtIndex(F32, 9)).isEqualTo(9);
            assertThat(dst.getAtIndex(F32, 20)).isEqualTo(0.75f * 20 + 0.25f * 4);
            Mixing.images(new Mixing.Draw(0.75, new Mixing.Box(1, 0, 2, 1)), src, dst, images);
            assertThat(dst.toArray(F32)).startsWith(0, 17, 2, 3, 4, 21, 6, 7).endsWith(16, 1, 18, 19, 20, 5, 22, 23);

            MemorySegment labels = arena.allocateFrom(ValueLayout.JAVA_INT, 3, 1, 0);
            MemorySegment targets = arena.allocate(12 * 4, 64);
            Mixing plain = new Mixing(objective(1, 0), 1);
            plain.targets(new Mixing.Draw(0.75, null), labels, targets, Shape.of(3, 4));
            assertThat(targets.toArray(F32)).containsExactly(0.25f, 0, 0, 0.75f, 0, 1, 0, 0, 0.75f, 0, 0, 0.25f);
            Objective sharp = new Objective(Objective.Kind.BINARY, 0, 1, 0, 0.3);
            new Mixing(sharp, 1).targets(new Mixing.Draw(0.75, null), labels, targets, Shape.of(3, 4));
            assertThat(targets.toArray(F32)).containsExactly(0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0);
            labels.set(ValueLayout.JAVA_INT, 0, 4);
            assertThatThrownBy(() -> plain.targets(new Mixing.Draw(0.75, null), labels, targets, Shape.of(3, 4)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void impossibleObjectivesAreRefused() {
        assertThatThrownBy(() -> objective(-1, 0)).hasMessageContaining("mixup's alpha");
        assertThatThrownBy(() -> new Objective(Objective.Kind.CROSS_ENTROPY, 0, 1, 0, 0.2))
                .hasMessageContaining("a threshold of targets needs the binary loss");
        assertThatThrownBy(() -> new Averaging(1, 1, 0)).hasMessageContaining("decay in [0, 1)");
        assertThatThrownBy(() -> new Batching(8, 0, 8)).hasMessageContaining("batches of an update must be at least 1");
    }
}
