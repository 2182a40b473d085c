package org.resnet4j.lrschedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.resnet4j.json.Json;

/** Whole runs of PyTorch's schedulers: {@code tools/make_schedule_golden.py}. */
class GoldenScheduleTest {
    private static final Map<String, Schedule> CASES = Map.of(
            "step", new Schedule.Step(0.1, 0.1, 30),
            "multi-step", new Schedule.MultiStep(0.1, 0.1, List.of(40L, 80L, 100L)),
            "cosine", new Schedule.Cosine(0.4, 1e-4, 120),
            "polynomial", new Schedule.Polynomial(0.2, 0, 1.7, 100),
            "exponential", new Schedule.Exponential(1e-5, 10, 120),
            "one-cycle", new Schedule.OneCycle(0.8, 0.3, 25, 1e4, 120),
            "one-cycle-late", new Schedule.OneCycle(0.8, 0.6, 10, 50, 120),
            "plateau", new Schedule.Plateau(0.1, 0.1, 4, 1e-3, 3, 1e-4),
            "warm-up-and-cosine", new Schedule.LinearWarmup(new Schedule.Cosine(0.5, 0, 105), 0.005, 15, true));

    @Test
    void wholeRunsArePyTorchs() throws IOException {
        Map<String, @Nullable Object> golden =
                Json.parseObject(Files.readString(Path.of("src/test/resources/golden/schedules.json")));
        List<?> errors = (List<?>) Objects.requireNonNull(golden.get("errors"));
        Map<String, ?> rates = Json.object(golden.get("rates"), "rates");
        assertThat(rates.keySet()).isEqualTo(CASES.keySet());
        CASES.forEach((name, schedule) -> {
            List<?> wanted = (List<?>) Objects.requireNonNull(rates.get(name));
            assertThat(wanted).hasSize(120);
            ScheduleState state = ScheduleState.START;
            for (int step = 0; step < wanted.size(); step++) {
                double lr = ((Number) wanted.get(step)).doubleValue();
                assertThat(schedule.lr(step, state))
                        .as("%s, step %d", name, step)
                        .isCloseTo(lr, within(1e-12 + 1e-9 * lr));
                state = schedule.evaluated(state, ((Number) errors.get(step)).doubleValue());
            }
        });
    }

    @Test
    void aPlateauIsFoundInsideOfOthers() {
        Schedule plateau = new Schedule.Plateau(0.1, 0.5, 0, 0, 0, 0);
        Schedule inside = new Schedule.LinearWarmup(new Schedule.Stairs(plateau, 7), 0.01, 2);
        ScheduleState state = ScheduleState.START;
        state = inside.evaluated(inside.evaluated(state, 0.5), 0.5);
        assertThat(state.plateau().reductions()).isEqualTo(1);
        assertThat(inside.lr(50, state)).isEqualTo(0.05);
        Schedule warm = Schedule.paperWarmup(plateau);
        assertThat(warm.evaluated(ScheduleState.START, 0.25).plateau().best()).isEqualTo(0.25);
    }

    @Test
    void stairsCountInEpochs() {
        Schedule s = new Schedule.Stairs(new Schedule.MultiStep(1, 0.5, List.of(2L)), 10);
        assertThat(s.lr(19, ScheduleState.START)).isEqualTo(1);
        assertThat(s.lr(20, ScheduleState.START)).isEqualTo(0.5);
    }
}
