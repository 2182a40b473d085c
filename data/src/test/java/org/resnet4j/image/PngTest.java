package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.resnet4j.testkit.PngFile;

/** Generated PNGs; PngSuite is in {@link AwkwardFilesTest}. */
class PngTest {
    private static Image decode(byte[] bytes) throws ImageException {
        return ImageFile.decode(bytes, "generated");
    }

    private static void refused(byte[] bytes, String why) {
        assertThatThrownBy(() -> decode(bytes))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith("generated: ")
                .hasMessageContaining(why);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @DisplayName("IMG-02 grey, palette, alpha, 1 to 8 bits")
    @Test
    void kinds() throws ImageException {
        Image bits = decode(PngFile.begin(3, 1, 1, 0).rows(bytes(0, 0b10100000)).end());
        assertThat(bits.rgb()).containsExactly(bytes(255, 255, 255, 0, 0, 0, 255, 255, 255));
        Image two = decode(PngFile.begin(4, 1, 2, 0).rows(bytes(0, 0b00011011)).end());
        assertThat(two.rgb()).containsExactly(bytes(0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255));
        Image four = decode(PngFile.begin(2, 1, 4, 0).rows(bytes(0, 0x1f)).end());
        assertThat(four.rgb()).containsExactly(bytes(17, 17, 17, 255, 255, 255));
        Image palette = decode(PngFile.begin(2, 1, 8, 3)
                .chunk("PLTE", bytes(1, 2, 3, 4, 5, 6))
                .chunk("tRNS", bytes(0))
                .rows(bytes(0, 1, 0))
                .end());
        assertThat(palette.rgb()).containsExactly(4, 5, 6, 1, 2, 3);
        Image greyAlpha = decode(PngFile.begin(1, 1, 8, 4).rows(bytes(0, 77, 0)).end());
        assertThat(greyAlpha.rgb()).containsExactly(77, 77, 77);
        Image alpha =
                decode(PngFile.begin(1, 1, 8, 6).rows(bytes(0, 7, 8, 9, 0)).end());
        assertThat(alpha.rgb()).containsExactly(7, 8, 9);
    }

    @DisplayName("IMG-03 the high byte of 16 bits")
    @Test
    void sixteenBits() throws ImageException {
        assertThat(decode(PngFile.begin(1, 1, 16, 0).rows(bytes(0, 12, 255)).end())
                        .rgb())
                .containsExactly(12, 12, 12);
        assertThat(decode(PngFile.begin(1, 1, 16, 2)
                                .rows(bytes(0, 1, 9, 2, 9, 3, 9))
                                .end())
                        .rgb())
                .containsExactly(1, 2, 3);
        assertThat(decode(PngFile.begin(1, 1, 16, 4)
                                .rows(bytes(0, 5, 200, 0, 0))
                                .end())
                        .rgb())
                .containsExactly(5, 5, 5);
        assertThat(decode(PngFile.begin(1, 1, 16, 6)
                                .rows(bytes(0, 4, 9, 5, 9, 6, 9, 0, 0))
                                .end())
                        .rgb())
                .containsExactly(4, 5, 6);
    }

    @Test
    void everyFilterUndoesItself() throws ImageException {
        // One row of each filter over the same three grey pixels 10, 30, 60. Average: 10 - 10/2, 30 - (10 + 30)/2,
        // 60 - (30 + 60)/2. Paeth: the nearest of left, above and corner to left + above - corner is above.
        byte[] rows = bytes(0, 10, 30, 60, 1, 10, 20, 30, 2, 0, 0, 0, 3, 5, 10, 15, 4, 0, 0, 0);
        Image image = decode(PngFile.begin(3, 5, 8, 0).rows(rows).end());
        for (int y = 0; y < 5; y++) {
            assertThat(new int[] {image.at(0, y, 0), image.at(1, y, 0), image.at(2, y, 0)})
                    .as("row %d", y)
                    .containsExactly(10, 30, 60);
        }
    }

    @DisplayName("IMG-14 checksums, chunks, lengths of data")
    @Test
    void unsound() {
        byte[] sound = PngFile.begin(1, 1, 8, 0).rows(bytes(0, 5)).end();
        for (int i = 8; i < sound.length; i++) {
            byte[] flipped = sound.clone();
            flipped[i] ^= 0x10;
            refused(flipped, "");
        }
        for (int length = 0; length < sound.length; length++) {
            refused(Arrays.copyOf(sound, length), "");
        }
        refused(PngFile.begin(1, 1, 8, 0).end(), "no chunk IDAT");
        refused(
                PngFile.begin(1, 1, 8, 0)
                        .header(1, 1, 8, 0, 0)
                        .rows(bytes(0, 5))
                        .end(),
                "one chunk IHDR");
        refused(PngFile.signature().rows(bytes(0, 5)).end(), "one chunk IHDR");
        refused(
                PngFile.begin(1, 1, 8, 0)
                        .raw(0x7f, 255, 255, 255, 'I', 'D', 'A', 'T')
                        .toBytes(),
                "truncated");
        refused(
                PngFile.begin(1, 1, 8, 0)
                        .raw(0xff, 255, 255, 255, 'I', 'D', 'A', 'T')
                        .toBytes(),
                "truncated");
        refused(PngFile.begin(1, 2, 8, 0).rows(bytes(0, 5)).end(), "ends before its last row");
        refused(PngFile.begin(1, 1, 8, 0).rows(bytes(0, 5, 0)).end(), "longer than the picture");
        refused(PngFile.begin(1, 1, 8, 0).rows(bytes(0, 5)).rows(bytes(0, 5)).end(), "follow the end of its data");
        refused(PngFile.begin(1, 1, 8, 0).rows(bytes(9, 5)).end(), "no filter has the number 9");
        refused(PngFile.begin(1, 1, 8, 3).rows(bytes(0, 5)).end(), "has no palette");
        refused(
                PngFile.begin(1, 1, 8, 3)
                        .chunk("PLTE", bytes(1, 2, 3))
                        .rows(bytes(0, 5))
                        .end(),
                "no colour 5");
        refused(
                PngFile.begin(1, 1, 8, 3)
                        .chunk("PLTE", bytes(1, 2))
                        .rows(bytes(0, 0))
                        .end(),
                "1 to 256 colours");
        refused(PngFile.begin(1, 1, 8, 0).chunk("ABCD").rows(bytes(0, 5)).end(), "ABCD");
        for (int[] kind : List.of(new int[] {3, 0}, new int[] {16, 3}, new int[] {4, 2}, new int[] {8, 5})) {
            refused(PngFile.begin(1, 1, kind[0], kind[1]).rows(bytes(0, 5)).end(), "no such kind");
        }
        refused(PngFile.begin(0, 1, 8, 0).rows(bytes(0)).end(), "0x1");
        refused(PngFile.begin(-1, 1, 8, 0).rows(bytes(0)).end(), "4294967295x1");
    }

    @DisplayName("IMG-20, IMG-21 over the limit of pixels, and a body too short for its size")
    @Test
    void bombs() {
        refused(PngFile.begin(20_000, 20_000, 8, 0).rows(new byte[20_001 * 64]).end(), "89478485 pixels are read");
        refused(PngFile.begin(9400, 9400, 8, 2).rows(new byte[20_000]).end(), "cannot hold 9400x9400 pixels");
    }

    @DisplayName("IMG-23 a profile and a text of 64 MiB are not inflated")
    @Test
    void packedMetadata() throws ImageException {
        byte[] packed = PngFile.deflate(new byte[64 << 20]);
        byte[] profile = new byte[packed.length + 3];
        profile[0] = 'x';
        System.arraycopy(packed, 0, profile, 3, packed.length);
        byte[] file = PngFile.begin(1, 1, 8, 0)
                .chunk("iCCP", profile)
                .chunk("zTXt", profile)
                .rows(bytes(0, 5))
                .end();
        // Not even a hundredth of it may be taken, however often the garbage collector comes.
        long before = Golden.allocatedBytes();
        assertThat(decode(file).rgb()).containsExactly(5, 5, 5);
        assertThat(Golden.allocatedBytes() - before).isLessThan(1 << 20);
    }
}
