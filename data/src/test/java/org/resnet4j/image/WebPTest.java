package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two files of 3 x 2 pixels that Pillow wrote; more are in {@link AwkwardFilesTest}. */
class WebPTest {
    /** Lossless, two pixels not opaque, EXIF orientation 6. */
    private static final byte[] LOSSLESS = HexFormat.of()
            .parseHex(
                    "524946467e00000057454250565038580a000000180000000200000100005650384c3e0000002f024000102f402040511cb5d4"
                            + "4e056ddb30fd30c69fdf089009580ca736fa471242204090ae5c84b98e75ce97efec16d4b46dc0863aff726a44ffe39d0045584946"
                            + "1a0000004d4d002a00000008000101120003000000010006000000000000");

    private static final byte[] LOSSY = HexFormat.of()
            .parseHex(
                    "524946463600000057454250565038202a000000b001009d012a0300020002c04c25940002f788b6cda000fef941a282cdd0625"
                            + "01e58e119a02a3cca0400");

    private static void refused(byte[] bytes, String why) {
        assertThatThrownBy(() -> ImageFile.decode(bytes, "file"))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(why);
    }

    @Test
    void lossless() throws ImageException {
        Image stored = ImageFile.decode(LOSSLESS, "file");
        assertThat(stored.width()).isEqualTo(3);
        assertThat(stored.rgb()).containsExactly(-6, 10, 20, 0, -56, 0, 30, 40, 50, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        Image upright = ImageFile.decode(LOSSLESS, "file", ReadOptions.UPRIGHT);
        assertThat(upright.width()).isEqualTo(2);
        assertThat(upright.rgb()).containsExactly(1, 2, 3, -6, 10, 20, 4, 5, 6, 0, -56, 0, 7, 8, 9, 30, 40, 50);
    }

    /** Its prefix codes are of many groups, whose lengths would be read from behind the end: a fuzzer's, 24 seconds long. */
    @Test
    @Timeout(20)
    void codesBehindTheEnd() {
        byte[] file = HexFormat.of()
                .parseHex(
                        "524946467e00000057454250565038580a000000180000000200000100005650384c3e0000002f024000102f402040511cb5"
                                + "d44e056ddb30fd30c69fdf089009580ca736ffe39d00455849461a0000004d4d002a000000080001011200726a44ffe39d00"
                                + "455849461a0000004d4d002a00000008000101120003000000010006000000000000"
                                + "0f".repeat(93));
        refused(file, "ends before its picture");
    }

    @Test
    void lossyIsRefusedByName() {
        refused(LOSSY, "this one is lossy");
    }

    @Test
    void unsound() {
        for (int length = 0; length < LOSSLESS.length; length++) {
            refused(Arrays.copyOf(LOSSLESS, length), "file: ");
        }
        byte[] large = LOSSLESS.clone();
        Arrays.fill(large, 24, 30, (byte) 0xff); // a canvas of 16,777,216 x 16,777,216
        refused(large, "pixels are read");
        byte[] larger = LOSSLESS.clone();
        larger[39] = -1; // a picture larger than its canvas
        larger[40] = 0x3f;
        refused(larger, "on a canvas of 3x2");
    }
}
