package org.resnet4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void countsTopOneAndTopFiveOfTheRealRowsOnly() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment logits = arena.allocateFrom(ValueLayout.JAVA_FLOAT, new float[] {
                9, 1, 2, 3, 4, 5, 6, // class 0: first
                9, 1, 2, 3, 4, 5, 6, // class 3: fifth
                9, 1, 2, 3, 4, 5, 6, // class 2: sixth
                0, 0, 0, 0, 0, 0, 0 // padding
            });
            MemorySegment labels = arena.allocateFrom(ValueLayout.JAVA_INT, 0, 3, 2, 6);
            RunningMetrics running = RunningMetrics.empty();
            assertThat(running.addErrors(logits, labels, 3, 7)).isEqualTo(2);
            running.addLoss(0.5, 3);
            assertThat(running.totals()).isEqualTo(new Metrics(3, 1.5, 2, 1));
            assertThat(running.totals().top1()).isCloseTo(33.33, offset(0.01));
            RunningMetrics other = RunningMetrics.empty();
            other.set(running.totals());
            assertThat(other.totals()).isEqualTo(running.totals());
        }
    }

    @Test
    void equalLogitsStandInTheOrderOfTheClassesAndNaNIsWrong() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment labels = arena.allocateFrom(ValueLayout.JAVA_INT, 0, 1, 1);
            MemorySegment equal = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 1, 1, 1, Float.NaN, 1);
            assertThat(RunningMetrics.empty().addErrors(equal, labels, 3, 2)).isEqualTo(2);
            MemorySegment nan = arena.allocateFrom(ValueLayout.JAVA_FLOAT, Float.NaN, 1);
            assertThat(RunningMetrics.empty().addErrors(nan, labels, 1, 2)).isEqualTo(1);
        }
    }

    @Test
    void crossEntropyIsTheTextbooksAndSurvivesLargeLogits() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment labels = arena.allocateFrom(ValueLayout.JAVA_INT, 0, 1);
            MemorySegment logits = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0, 0, 10000, -10000);
            RunningMetrics running = RunningMetrics.empty();
            running.addCrossEntropy(logits, labels, 2, 2);
            assertThat(running.totals().lossSum()).isCloseTo(Math.log(2) + 20000, offset(1e-9));
        }
    }

    @Test
    void labelsOutsideTheClassesAreRefused() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment logits = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0, 0);
            for (int label : new int[] {-1, 2}) {
                MemorySegment labels = arena.allocateFrom(ValueLayout.JAVA_INT, label);
                assertThatThrownBy(() -> RunningMetrics.empty().addErrors(logits, labels, 1, 2))
                        .hasMessageContaining("must be in [0, 2), found " + label);
            }
        }
    }

    @Test
    void confusionMatrixCountsAnswers() {
        try (Arena arena = Arena.ofConfined()) {
            ConfusionMatrix matrix = ConfusionMatrix.of(2);
            MemorySegment logits = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 3, 1, 1, 3, 1, 1);
            matrix.add(logits, arena.allocateFrom(ValueLayout.JAVA_INT, 0, 0, 1), 3);
            assertThat(matrix.count(0, 0)).isEqualTo(1);
            assertThat(matrix.count(0, 1)).isEqualTo(1);
            assertThat(matrix.count(1, 0)).isEqualTo(1);
            assertThat(matrix.recall(0)).isEqualTo(0.5);
        }
    }

    @Test
    void impossibleTotalsAreRefused() {
        assertThatThrownBy(() -> new Metrics(1, 0, 2, 0)).hasMessageContaining("impossible");
    }
}
