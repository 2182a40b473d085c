package org.resnet4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DropoutMaskTest {
    private static String bits(long key, int stream, double probability) {
        DropoutMask mask = DropoutMask.of(key, stream, probability);
        return IntStream.range(0, 32).mapToObj(i -> mask.keeps(i) ? "1" : "0").collect(Collectors.joining());
    }

    /** Expected bits are from the same formula in Python's integers. */
    @Test
    void outputsStayAsTheyAre() {
        assertThat(bits(1, 0, 0.5)).isEqualTo("01000110000101011101111011011110");
        assertThat(bits(1, 1, 0.5)).isEqualTo("10100111110100000110001001010011");
        assertThat(bits(-7, 3, 0.25)).isEqualTo("11011110111101101111101011100110");
    }

    @Test
    void dropsAboutTheAskedShare() {
        DropoutMask mask = DropoutMask.of(42, 5, 0.3);
        long kept = IntStream.range(0, 100_000).filter(mask::keeps).count();
        assertThat(kept / 1e5).isBetween(0.69, 0.71);
    }

    @Test
    void refusesAProbabilityOfOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> DropoutMask.of(1, 0, 1.0));
    }
}
