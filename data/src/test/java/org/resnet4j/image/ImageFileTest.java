package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of PNG sample and grey and colour JPEG, read to known pixels; damaged and oversized files refused. */
final class ImageFileTest {
    @TempDir
    Path folder;

    /**
     * One row of known samples in hex, and the pixels that must come out: grey is stored as it is shown (no gamma is applied),
     * samples of fewer bits are spread over 0 to 255, of 16 bits the upper byte counts, alpha is dropped.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // what, width, depth, type, palette, transparency, row, expected
        "grey 8, 4, 8, 0, '', '', 00 40 80 ff, 000000 404040 808080 ffffff",
        "grey 1, 8, 1, 0, '', '', a5, ffffff 000000 ffffff 000000 000000 ffffff 000000 ffffff",
        "grey 2, 4, 2, 0, '', '', 1b, 000000 555555 aaaaaa ffffff",
        "grey 4, 2, 4, 0, '', '', 3c, 333333 cccccc",
        "grey 16, 3, 16, 0, '', '', 0000 80ff 8100, 000000 808080 818181",
        "grey 8 with a transparent grey, 2, 8, 0, '', 0040, 40 80, 404040 808080",
        "grey and alpha 8, 2, 8, 4, '', '', 40 ff 80 00, 404040 808080",
        "grey and alpha 16, 1, 16, 4, '', '', 40ff 0000, 404040",
        "rgb 8, 2, 8, 2, '', '', 010203 fefdfc, 010203 fefdfc",
        "rgb 16, 2, 16, 2, '', '', 01ff02ff03ff ff0080007f7f, 010203 ff807f",
        "rgb 8 with a transparent colour, 2, 8, 2, '', 000100020003, 010203 fefdfc, 010203 fefdfc",
        "rgba 8, 2, 8, 6, '', '', 01020300 fefdfc80, 010203 fefdfc",
        "rgba 16, 1, 16, 6, '', '', 01ff02ff03ff0000, 010203",
        "palette 1, 8, 1, 3, 102030 405060, '', 81, 405060 102030 102030 102030 102030 102030 102030 405060",
        "palette 2, 4, 2, 3, 102030 405060 708090 a0b0c0, '', 1b, 102030 405060 708090 a0b0c0",
        "palette 4, 2, 4, 3, 102030 405060 708090, '', 20, 708090 102030",
        "palette 8, 3, 8, 3, 102030 405060 708090, '', 02 00 01, 708090 102030 405060",
        "palette 8 with transparency, 3, 8, 3, 102030 405060 708090, 00 80, 02 00 01, 708090 102030 405060",
    })
    void png(
            String what,
            int width,
            int depth,
            int type,
            String palette,
            String transparency,
            String row,
            String expected)
            throws IOException {
        byte[] file = new PngWriter(width, depth, type).write(bytes(palette), bytes(transparency), bytes(row));
        Image image = ImageFile.decode(file, what);
        assertThat(image).hasToString(width + "x1 pixels");
        assertThat(HexFormat.of().formatHex(image.rgb())).isEqualTo(expected.replace(" ", ""));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @Test
    void whatPngWritesIsReadBack() throws IOException {
        byte[] rgb = new byte[7 * 5 * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 37);
        }
        Image image = new Image(7, 5, rgb);
        Path file = Files.write(folder.resolve("named as a JPEG.jpg"), ImageFile.png(image));
        assertThat(ImageFile.read(file)).isEqualTo(image);
    }

    /** JPEG loses something; a flat field of one colour loses no more than rounding between colour spaces. */
    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x40, 0x80, 0xff})
    void greyJpeg(int grey) throws IOException {
        BufferedImage picture = new BufferedImage(24, 16, BufferedImage.TYPE_BYTE_GRAY);
        int[] samples = new int[24 * 16];
        Arrays.fill(samples, grey);
        picture.getRaster().setSamples(0, 0, 24, 16, 0, samples);
        Image read = ImageFile.decode(jpeg(picture), "grey");
        assertThat(read).hasToString("24x16 pixels");
        for (int c = 0; c < 3; c++) {
            assertThat(read.at(11, 7, c)).isCloseTo(grey, within(1));
        }
    }

    @Test
    void colourJpeg() throws IOException {
        BufferedImage picture = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 32; x++) {
                picture.setRGB(x, y, x < 16 ? 0xc83214 : 0x1432c8);
            }
        }
        Image read = ImageFile.decode(jpeg(picture), "colour");
        assertThat(pixel(read, 4)).containsExactly(new double[] {200, 50, 20}, within(4.0));
        assertThat(pixel(read, 28)).containsExactly(new double[] {20, 50, 200}, within(4.0));
    }

    private static double[] pixel(Image image, int x) {
        return new double[] {image.at(x, 8, 0), image.at(x, 8, 1), image.at(x, 8, 2)};
    }

    private static byte[] jpeg(BufferedImage picture) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture, "jpeg", out)).isTrue();
        return out.toByteArray();
    }

    @Test
    void aPngCutAnywhereIsRefusedInOneWay() throws IOException {
        byte[] noise = new byte[243];
        new Random(1).nextBytes(noise);
        byte[] whole = ImageFile.png(new Image(9, 9, noise));
        for (int length = 0; length < whole.length - 24; length++) { // the last 24 hold checksums, an end and no pixel
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ImageFile.decode(cut, "cut.png"))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("cut.png");
        }
    }

    @Test
    void tooManyPixelsAreRefusedByTheHeader() throws IOException {
        byte[] file = new PngWriter(89_478_486, 8, 0).write(new byte[0], new byte[0], new byte[1]);
        assertThatThrownBy(() -> ImageFile.decode(file, "bomb.png"))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("89478485")
                .hasMessageContaining("89478486");
    }

    @Test
    void whatIsNoPictureIsSaidToBeNone() throws IOException {
        Path html = Files.writeString(folder.resolve("page.png"), "<html></html>");
        assertThatThrownBy(() -> ImageFile.read(html))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("not a JPEG, PNG");
        assertThatThrownBy(() -> ImageFile.read(folder)).hasMessageContaining("something else");
        assertThatThrownBy(() -> ImageFile.read(folder.resolve("x.png"))).hasMessageContaining("nothing");
    }
}
