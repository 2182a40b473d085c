package org.resnet4j.lrschedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static double lr(Schedule schedule, long step) {
        return schedule.lr(step, ScheduleState.START);
    }

    @Test
    void paperCifarDropsAt32kAnd48k() {
        Schedule s = Schedule.paperCifar(0.1);
        assertThat(lr(s, 0)).isEqualTo(0.1);
        assertThat(lr(s, 31_999)).isEqualTo(0.1);
        assertThat(lr(s, 32_000)).isCloseTo(0.01, offset(1e-17));
        assertThat(lr(s, 47_999)).isCloseTo(0.01, offset(1e-17));
        assertThat(lr(s, 48_000)).isCloseTo(0.001, offset(1e-17));
        assertThat(lr(s, 63_999)).isCloseTo(0.001, offset(1e-17));
    }

    @Test
    void cosineIsPinned() {
        Schedule s = new Schedule.Cosine(0.1, 0, 100);
        assertThat(lr(s, 0)).isEqualTo(0.1);
        assertThat(lr(s, 25)).isCloseTo(0.08535533905932738, offset(1e-16));
        assertThat(lr(s, 50)).isCloseTo(0.05, offset(1e-16));
        assertThat(lr(s, 99)).isCloseTo(2.4671981713422e-5, offset(1e-16));
        assertThat(lr(s, 100)).isZero();
        assertThat(lr(s, 1000)).isZero();
    }

    @Test
    void linearWarmupRisesToItsScheduleAndThenIsIt() {
        Schedule s = new Schedule.LinearWarmup(new Schedule.MultiStep(0.5, 0.1, List.of(8L)), 0.1, 4);
        assertThat(lr(s, 0)).isEqualTo(0.1);
        assertThat(lr(s, 1)).isCloseTo(0.2, offset(1e-16));
        assertThat(lr(s, 3)).isCloseTo(0.4, offset(1e-16));
        assertThat(lr(s, 4)).isEqualTo(0.5);
        assertThat(lr(s, 8)).isCloseTo(0.05, offset(1e-16));
    }

    @Test
    void errorWarmupLetsGoOnceAndForEver() {
        Schedule s = Schedule.paperWarmup(Schedule.paperCifar(0.1));
        ScheduleState state = ScheduleState.START;
        int steps = 0;
        while (!state.released()) {
            assertThat(s.lr(steps, state)).isEqualTo(0.01);
            state = s.next(state, 0.5);
            steps++;
        }
        // 0.5 + 0.5 * 0.98^k < 0.8 from k = 26 on
        assertThat(steps).isEqualTo(26);
        assertThat(s.lr(steps, state)).isEqualTo(0.1);
        for (int i = 0; i < 500; i++) {
            state = s.next(state, 1);
        }
        assertThat(state.error()).isGreaterThan(0.99);
        assertThat(s.lr(600, state)).isEqualTo(0.1);
    }

    @Test
    void schedulesWithoutAConditionNeverRelease() {
        ScheduleState state = ScheduleState.START;
        for (int i = 0; i < 2000; i++) {
            state = new Schedule.Constant(0.1).next(state, 0);
        }
        assertThat(state.released()).isFalse();
    }

    @Test
    void constantsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new Schedule.Constant(0)).hasMessageContaining("learning rate");
        assertThatThrownBy(() -> new Schedule.Constant(Double.NaN)).hasMessageContaining("found NaN");
        assertThatThrownBy(() -> new Schedule.MultiStep(0.1, 0.1, List.of(5L, 5L)))
                .hasMessageContaining("[5, 5]");
        assertThatThrownBy(() -> new Schedule.MultiStep(0.1, 10, List.of(5L))).hasMessageContaining("factor");
        assertThatThrownBy(() -> new Schedule.Cosine(0.1, 0.2, 5)).hasMessageContaining("found 0.2");
        assertThatThrownBy(() -> new Schedule.LinearWarmup(new Schedule.Constant(1), 0.1, 0))
                .hasMessageContaining("at least 1 step");
    }
}
