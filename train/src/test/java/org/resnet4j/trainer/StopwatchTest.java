package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StopwatchTest {
    @Test
    void theShareOfWaitingIsThatSinceItWasLastTaken() {
        Stopwatch stopwatch = new Stopwatch(128);
        assertThat(stopwatch.takeWaitShare()).isZero();
        stopwatch.lap(0, 10);
        assertThat(stopwatch.takeWaitShare()).isZero();
        stopwatch.lap(Long.MAX_VALUE / 2, 9); // longer than the step itself, as coarse clocks may have it
        assertThat(stopwatch.takeWaitShare()).isEqualTo(1);
        stopwatch.lap(0, 8);
        assertThat(stopwatch.takeWaitShare()).isZero();
    }
}
