package org.resnet4j.image.turbojpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.resnet4j.testkit.JpegFile;

class TurboJpegTest {
    private static final TurboJpeg.Limits LIMITS = new TurboJpeg.Limits(1_000_000, 100);

    private static TurboJpeg library() {
        assumeTrue(TurboJpeg.ofSystem().isPresent(), "libjpeg-turbo is absent: install libturbojpeg0");
        return TurboJpeg.ofSystem().orElseThrow();
    }

    private static byte[] grey(int width, int height, int value) {
        return JpegFile.picture(width, height, (c, x, y) -> value, 1);
    }

    @Test
    void everyFunctionIsThere() {
        TurboJpeg library = library();
        for (Function f : Function.values()) {
            assertThat(library.find(f) != null || f.optional()).as(f.symbol()).isTrue();
        }
    }

    @Test
    void anAbsentLibraryIsRefused() {
        assertThatThrownBy(() -> TurboJpeg.load("libthere-is-none.so.0")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void buffersAreUsedAgainWithoutLeavingTraces() throws TurboJpegException {
        TurboJpeg library = library();
        for (int i = 0; i < 3; i++) {
            byte[] large = library.decompress(grey(64, 64, 200), 64, 64, PixelFormat.RGB, LIMITS);
            assertThat(large).hasSize(64 * 64 * 3).containsOnly(-56);
            byte[] small = library.decompress(grey(9, 5, 30), 9, 5, PixelFormat.RGB, LIMITS);
            assertThat(small).hasSize(9 * 5 * 3).containsOnly(30);
        }
    }

    @Test
    void aHeaderOfAnotherSizeNeverReachesTheBuffer() {
        TurboJpeg library = library();
        assertThatThrownBy(() -> library.decompress(grey(64, 64, 200), 8, 8, PixelFormat.RGB, LIMITS))
                .isInstanceOf(TurboJpegException.class)
                .hasMessageContaining("8x8 and 64x64");
    }

    @Test
    void whatTheLibrarySaysIsPassedOn() throws TurboJpegException {
        TurboJpeg library = library();
        byte[] noTables = JpegFile.begin()
                .frame(0xc0, 8, 8, 8, JpegFile.Component.of(1))
                .scan(63, new byte[8], 1)
                .end();
        assertThatThrownBy(() -> library.decompress(noTables, 8, 8, PixelFormat.RGB, LIMITS))
                .isInstanceOf(TurboJpegException.class)
                .hasMessageContaining("table");
        assertThatThrownBy(() -> library.decompress(new byte[100], 8, 8, PixelFormat.RGB, LIMITS))
                .isInstanceOf(TurboJpegException.class);
        byte[] shortTable = JpegFile.begin().segment(0xc4, new byte[1]).end();
        assertThatThrownBy(() -> library.decompress(shortTable, 8, 8, PixelFormat.RGB, LIMITS))
                .isInstanceOf(TurboJpegException.class)
                .hasMessageContaining("length");
        // Neither the state of that file, which version 2.1 keeps after an error, nor tables may reach another picture.
        assertThat(library.decompress(grey(8, 8, 77), 8, 8, PixelFormat.RGB, LIMITS))
                .containsOnly(77);
    }

    @Test
    void cmykAsItIsStored() throws TurboJpegException {
        byte[] file = JpegFile.begin()
                .adobe(0)
                .picture(0xc0, 8, 8, (c, x, y) -> 10 * (c + 1), 1, 2, 3, 4)
                .end();
        byte[] pixels = library().decompress(file, 8, 8, PixelFormat.CMYK, LIMITS);
        assertThat(Arrays.copyOf(pixels, 8)).containsExactly(10, 20, 30, 40, 10, 20, 30, 40);
    }
}
