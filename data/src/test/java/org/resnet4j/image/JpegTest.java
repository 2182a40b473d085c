package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.image.turbojpeg.TurboJpeg;
import org.resnet4j.testkit.JpegFile;
import org.resnet4j.testkit.JpegFile.Component;

/** Generated JPEGs, each by every decoder that is there. */
class JpegTest {
    private static final JpegFile.Blocks STEPS = (c, x, y) -> 40 + 60 * c + 10 * x + 20 * y;

    /** A way of decoding. */
    interface Decoder {
        Image decode(byte[] bytes, ReadOptions options) throws ImageException;

        default Image decode(byte[] bytes) throws ImageException {
            return decode(bytes, ReadOptions.DEFAULT);
        }
    }

    private record Named(String name, Decoder decoder) implements Decoder {
        @Override
        public Image decode(byte[] bytes, ReadOptions options) throws ImageException {
            return decoder.decode(bytes, options);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Decoder> decoders() {
        Decoder jdk = new Named("the JDK", (bytes, options) -> {
            Source source = new Source(bytes, "generated", options);
            return JdkJpeg.decode(source, JpegHeader.read(source));
        });
        Decoder first = new Named(
                TurboJpeg.ofSystem().isPresent() ? "libjpeg-turbo" : "the JDK, libjpeg-turbo being absent",
                (bytes, options) -> ImageFile.decode(bytes, "generated", options));
        return Stream.of(jdk, first);
    }

    private static byte[] ycc(int width, int height) {
        return JpegFile.picture(width, height, STEPS, 1, 2, 3);
    }

    private static void refused(Decoder decoder, byte[] bytes, String why) {
        assertThatThrownBy(() -> decoder.decode(bytes))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(why);
    }

    @DisplayName("IMG-01 sizes of one pixel, and the largest side")
    @ParameterizedTest
    @MethodSource("decoders")
    void smallAndLong(Decoder decoder) throws ImageException {
        for (int[] size : List.of(
                new int[] {1, 1}, new int[] {1, 300}, new int[] {300, 1}, new int[] {65_500, 1}, new int[] {9, 17})) {
            Image image = decoder.decode(JpegFile.picture(size[0], size[1], (c, x, y) -> 128 + x % 9, 1));
            assertThat(image.width()).isEqualTo(size[0]);
            assertThat(image.height()).isEqualTo(size[1]);
            assertThat(image.at(size[0] - 1, size[1] - 1, 1)).isEqualTo(128 + (size[0] - 1) / 8 % 9);
        }
    }

    @DisplayName("IMG-01 a side over libjpeg's 65,500")
    @ParameterizedTest
    @MethodSource("decoders")
    void tooLong(Decoder decoder) {
        refused(decoder, JpegFile.picture(65_535, 1, (c, x, y) -> 128, 1), "65");
    }

    @DisplayName("IMG-04 baseline and progressive are equal")
    @ParameterizedTest
    @MethodSource("decoders")
    void progressive(Decoder decoder) throws ImageException {
        byte[] progressive =
                JpegFile.begin().picture(0xc2, 40, 24, STEPS, 1, 2, 3).end();
        assertThat(decoder.decode(progressive)).isEqualTo(decoder.decode(ycc(40, 24)));
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void coloursByMarkersAndNames(Decoder decoder) throws ImageException {
        Image grey = decoder.decode(JpegFile.picture(16, 8, STEPS, 1));
        assertThat(Arrays.copyOfRange(grey.rgb(), 21, 27)).containsExactly(40, 40, 40, 50, 50, 50);
        Image named = decoder.decode(JpegFile.picture(16, 8, STEPS, 'R', 'G', 'B'));
        Image adobe = decoder.decode(
                JpegFile.begin().adobe(0).picture(0xc0, 16, 8, STEPS, 1, 2, 3).end());
        assertThat(named.rgb()).startsWith(40, 100, 160);
        assertThat(adobe).isEqualTo(named);
        // Y 40, Cb 100, Cr 160: 40 + 1.402 * 32, 40 + 0.34414 * 28 - 0.71414 * 32, 40 - 1.772 * 28.
        assertThat(decoder.decode(ycc(16, 8)).rgb()).startsWith(85, 27, 0);
    }

    @DisplayName("IMG-05, IMG-15 CMYK and YCCK, inverted as Adobe stores them")
    @ParameterizedTest
    @MethodSource("decoders")
    void cmyk(Decoder decoder) throws ImageException {
        JpegFile.Blocks white = (c, x, y) -> 255;
        Image paper = decoder.decode(JpegFile.picture(8, 8, white, 1, 2, 3, 4));
        assertThat(paper.rgb()).containsOnly(-1);
        JpegFile.Blocks ink = (c, x, y) -> new int[] {255, 128, 0, 200}[c];
        byte[] cmyk =
                JpegFile.begin().adobe(0).picture(0xc0, 8, 8, ink, 1, 2, 3, 4).end();
        assertThat(decoder.decode(cmyk).rgb()).startsWith(200, 100, 0);
        // As YCCK: Y, Cb, Cr of what is left of paper after the inks; black as it is.
        JpegFile.Blocks grey = (c, x, y) -> new int[] {60, 128, 128, 255}[c];
        byte[] ycck =
                JpegFile.begin().adobe(2).picture(0xc0, 8, 8, grey, 1, 2, 3, 4).end();
        assertThat(decoder.decode(ycck).rgb()).containsOnly(195);
    }

    @DisplayName("IMG-06 12 bits, lossless, hierarchical: refused by name")
    @ParameterizedTest
    @MethodSource("decoders")
    void otherKinds(Decoder decoder) {
        byte[] scan = JpegFile.entropy(0xc0, 8, 8, STEPS, 1);
        JpegFile twelve = JpegFile.begin().tables().frame(0xc1, 12, 8, 8, Component.of(1));
        refused(decoder, twelve.scan(63, scan, 1).end(), "12 bits");
        for (int kind : new int[] {0xc3, 0xcb}) {
            JpegFile lossless = JpegFile.begin().tables().frame(kind, 8, 8, 8, Component.of(1));
            refused(decoder, lossless.scan(63, scan, 1).end(), "lossless JPEG is not read");
        }
        for (int kind : new int[] {0xc5, 0xc6, 0xc7, 0xcd, 0xce, 0xcf}) {
            JpegFile hierarchical = JpegFile.begin().tables().frame(kind, 8, 8, 8, Component.of(1));
            refused(decoder, hierarchical.scan(63, scan, 1).end(), "hierarchical JPEG is not read");
        }
    }

    @DisplayName("IMG-10 broken, missing, many and large colour profiles")
    @ParameterizedTest
    @MethodSource("decoders")
    void profiles(Decoder decoder) throws ImageException {
        byte[] chunk = new byte[65_533];
        System.arraycopy("ICC_PROFILE\0".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), 0, chunk, 0, 12);
        JpegFile many = JpegFile.begin();
        for (int i = 1; i <= 255; i++) {
            chunk[12] = (byte) (i == 7 ? 200 : i); // one is missing, one twice
            chunk[13] = (byte) 255;
            many.segment(0xe2, chunk);
        }
        assertThat(decoder.decode(many.picture(0xc0, 16, 16, STEPS, 1, 2, 3).end()))
                .isEqualTo(decoder.decode(ycc(16, 16)));
        byte[] tiny = JpegFile.begin()
                .segment(0xe2, Arrays.copyOf(chunk, 13))
                .picture(0xc0, 16, 16, STEPS, 1, 2, 3)
                .end();
        assertThat(decoder.decode(tiny)).isEqualTo(decoder.decode(ycc(16, 16)));
    }

    @DisplayName("IMG-11 cut off at every byte")
    @ParameterizedTest
    @MethodSource("decoders")
    void cutOff(Decoder decoder) {
        byte[] whole = JpegFile.picture(150, 150, (c, x, y) -> (c * 85 + x * 37 + y * 91) & 0xff, 1, 2, 3);
        assertThat(whole.length).isGreaterThan(1500);
        for (int length = 0; length < whole.length; length++) {
            refused(decoder, Arrays.copyOf(whole, length), "generated: ");
        }
    }

    @DisplayName("IMG-13 what is no picture")
    @ParameterizedTest
    @MethodSource("decoders")
    void unsound(Decoder decoder) {
        byte[] scan = JpegFile.entropy(0xc0, 8, 8, STEPS, 1);
        refused(
                decoder,
                JpegFile.begin().raw(0xff, 0xd8).picture(0xc0, 8, 8, STEPS, 1).end(),
                "a second JPEG begins");
        JpegFile noTables = JpegFile.begin().frame(0xc0, 8, 8, 8, Component.of(1));
        refused(decoder, noTables.scan(63, scan, 1).end(), "damaged JPEG");
        for (int across : new int[] {0, 5}) {
            JpegFile sampling = JpegFile.begin().tables().frame(0xc0, 8, 8, 8, new Component(1, across, 1));
            refused(decoder, sampling.scan(63, scan, 1).end(), "sampling");
        }
        JpegFile late = JpegFile.begin().tables().scan(63, scan, 1).frame(0xc0, 8, 8, 8, Component.of(1));
        refused(decoder, late.end(), "before its first scan");
        JpegFile twice = JpegFile.begin().picture(0xc0, 8, 8, STEPS, 1).frame(0xc0, 8, 8, 8, Component.of(1));
        refused(decoder, twice.end(), "found a second");
        refused(
                decoder,
                JpegFile.begin().tables().frame(0xc0, 8, 8, 8, Component.of(1)).end(),
                "no scan");
        refused(
                decoder,
                JpegFile.begin()
                        .tables()
                        .frame(0xc0, 8, 8, 8, Component.of(1, 2))
                        .end(),
                "found 2");
        refused(
                decoder,
                JpegFile.begin().tables().frame(0xc0, 8, 8, 0, Component.of(1)).end(),
                "8x0");
        refused(decoder, JpegFile.begin().raw(0xff, 0xe0, 0, 1).end(), "length 1");
        refused(decoder, JpegFile.begin().raw(0xff, 0xe0, 0xff, 0xff).end(), "truncated");
    }

    @DisplayName("IMG-13 what is unusual and sound")
    @ParameterizedTest
    @MethodSource("decoders")
    void unusual(Decoder decoder) throws ImageException {
        Image usual = decoder.decode(JpegFile.picture(16, 16, STEPS, 1));
        byte[] garbage = JpegFile.begin()
                .raw(1, 2, 3, 0xff, 0xff)
                .picture(0xc0, 16, 16, STEPS, 1)
                .raw(9, 9, 9)
                .end();
        assertThat(decoder.decode(garbage)).isEqualTo(usual);
        byte[] wide = new byte[129];
        wide[0] = 0x10; // a table of 16-bit steps
        for (int i = 1; i < wide.length; i += 2) {
            wide[i + 1] = 8;
        }
        byte[] sixteen = JpegFile.begin()
                .tables()
                .segment(0xdb, wide)
                .frame(0xc1, 8, 16, 16, Component.of(1))
                .scan(63, JpegFile.entropy(0xc1, 16, 16, STEPS, 1), 1)
                .end();
        assertThat(decoder.decode(sixteen)).isEqualTo(usual);
        assertThat(decoder.decode(Arrays.copyOf(JpegFile.picture(16, 16, STEPS, 1), 5000)))
                .isEqualTo(usual);
    }

    @DisplayName("IMG-20 over the limit of pixels, and a body too short for its size")
    @ParameterizedTest
    @MethodSource("decoders")
    void bombs(Decoder decoder) {
        byte[] scan = JpegFile.entropy(0xc0, 80, 80, STEPS, 1);
        JpegFile large = JpegFile.begin().tables().frame(0xc0, 8, 9460, 9460, Component.of(1));
        refused(decoder, large.scan(63, scan, 1).end(), "pictures of 1 to 89478485 pixels are read");
        JpegFile hollow = JpegFile.begin().tables().frame(0xc0, 8, 9400, 9400, Component.of(1));
        refused(decoder, hollow.scan(63, scan, 1).end(), "9400x9400 pixels take more than");
    }

    @DisplayName("IMG-22 100 scans, and one more")
    @ParameterizedTest
    @MethodSource("decoders")
    void scans(Decoder decoder) throws ImageException {
        assertThat(decoder.decode(scans(100))).isEqualTo(decoder.decode(JpegFile.picture(16, 16, STEPS, 1)));
        refused(decoder, scans(101), "at most 100 scans");
    }

    private static byte[] scans(int count) {
        JpegFile file = JpegFile.begin().picture(0xc2, 16, 16, STEPS, 1);
        for (int i = 2; i < count; i++) {
            file.scan(0, JpegFile.entropy(0xc2, 16, 16, STEPS, 1), 1);
        }
        return file.end();
    }

    @Test
    void theDecodersAgreeOnSubsampling() throws ImageException {
        // Interleaved 2x2: four luma blocks, then one of each colour.
        JpegFile.Blocks ramp = (c, x, y) -> 30 + 25 * (x % 8);
        byte[] entropy = JpegFile.entropy(0xc0, 8 * 6, 8 * 4, ramp, 1);
        byte[] file = JpegFile.begin()
                .tables()
                .frame(0xc0, 8, 32, 32, new Component(1, 2, 2), new Component(2, 1, 1), new Component(3, 1, 1))
                .scan(63, entropy, 1, 2, 3)
                .end();
        List<Decoder> both = decoders().toList();
        assertThat(both.get(0).decode(file)).isEqualTo(both.get(1).decode(file));
    }
}
