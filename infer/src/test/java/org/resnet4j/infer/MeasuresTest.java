package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.resnet4j.metric.Interval;

/** Figures against {@code tools/make_evaluation_golden.py}. */
class MeasuresTest {
    private static final int SAMPLES = 200;
    private static final int CLASSES = 7;

    private static MemorySegment logits(Arena arena) {
        MemorySegment logits = arena.allocate(4L * SAMPLES * CLASSES, 4);
        for (int i = 0; i < SAMPLES; i++) {
            for (int c = 0; c < CLASSES; c++) {
                int n = (37 * i + 101 * c + 13 * i * c) % 97;
                logits.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * CLASSES + c, n / 12f);
            }
        }
        return logits;
    }

    @Test
    void figuresAreNumPys() {
        try (Arena arena = Arena.ofConfined();
                Scores scores = Scores.of(SAMPLES, CLASSES)) {
            MemorySegment logits = logits(arena);
            IntStream.range(0, SAMPLES).forEach(i -> scores.add(i, logits, i));
            Measures m = Measures.of(
                    scores, IntStream.range(0, SAMPLES).map(i -> i % CLASSES).toArray());
            assertThat(m.right1()).isEqualTo(26);
            assertThat(m.right5()).isEqualTo(146);
            assertThat(m.loss()).isCloseTo(3.631628159508, within(1e-6));
            assertThat(m.calibration().error()).isCloseTo(0.441788138314, within(1e-6));
            assertThat(m.perClass().stream()
                            .mapToLong(Measures.ClassCount::right1)
                            .sum())
                    .isEqualTo(26);
            assertThat(m.perClass().get(6).samples()).isEqualTo(28);
        }
    }

    @Test
    void wilsonsIntervals() {
        close(Interval.wilson(26, 200), 0.090282022797, 0.183663518722);
        close(Interval.wilson(9173, 10000), 0.911740121686, 0.922539393274);
        close(Interval.wilson(5, 5), 0.565517535217, 1);
        close(Interval.wilson(0, 10), 0, 0.277532799863);
        close(Interval.wilson(0, 0), 0, 1);
    }

    private static void close(Interval found, double low, double high) {
        assertThat(found.low()).isCloseTo(low, within(1e-11));
        assertThat(found.high()).isCloseTo(high, within(1e-11));
    }

    @Test
    void probabilitiesAreAveragedNotLogits() {
        try (Arena arena = Arena.ofConfined();
                Scores scores = Scores.of(1, 2)) {
            MemorySegment rows = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0f, 0f, (float) Math.log(3), 0f, -200f, 0f);
            scores.add(0, rows, 0); // 1/2
            scores.add(0, rows, 1); // 3/4
            assertThat(scores.probability(0, 0)).isCloseTo(0.625, within(1e-6));
            scores.add(0, rows, 2); // nothing
            assertThat(scores.probability(0, 0)).isCloseTo(1.25 / 3, within(1e-6));
            assertThat(scores.answer(0)).isEqualTo(1);
        }
    }

    @Test
    void anUnreadablePictureIsWrongAndInNoMean() {
        try (Arena arena = Arena.ofConfined();
                Scores scores = Scores.of(2, 2)) {
            scores.add(0, arena.allocateFrom(ValueLayout.JAVA_FLOAT, (float) Math.log(3), 0f), 0);
            scores.unreadable(1, "broken");
            Measures m = Measures.of(scores, new int[] {0, 0});
            assertThat(m.top1()).isEqualTo(50);
            assertThat(m.top5()).isEqualTo(50);
            assertThat(m.loss()).isCloseTo(-Math.log(0.75), within(1e-6));
            assertThat(m.calibration().error()).isCloseTo(0.25, within(1e-6));
            assertThat(m.confusion().count(0, 0)).isEqualTo(1);
            assertThat(m.perClass().get(0).accuracy()).isEqualTo(0.5);
        }
    }

    @Test
    void anAnswerThatIsNoNumberIsWrong() {
        try (Arena arena = Arena.ofConfined();
                Scores scores = Scores.of(1, 2)) {
            scores.add(0, arena.allocateFrom(ValueLayout.JAVA_FLOAT, Float.NaN, 0f), 0);
            Measures m = Measures.of(scores, new int[] {1});
            assertThat(m.right1()).isZero();
            assertThat(m.loss()).isNaN();
        }
    }
}
