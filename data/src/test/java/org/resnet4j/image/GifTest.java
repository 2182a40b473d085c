package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Generated GIFs; more are in {@link AwkwardFilesTest}. */
class GifTest {
    private static Image decode(byte[] bytes) throws ImageException {
        return ImageFile.decode(bytes, "generated");
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** A file on a screen of 3 x 2 with the colours black 1, 2, 3, 4 and a picture of two pixels, colours 1 and 2, at (1, 1). */
    private static byte[] tiny(int transparent) {
        return bytes(
                'G',
                'I',
                'F',
                '8',
                '9',
                'a',
                3,
                0,
                2,
                0,
                0x81,
                0,
                0, //
                10,
                10,
                10,
                20,
                20,
                20,
                30,
                30,
                30,
                40,
                40,
                40, //
                0x21,
                0xf9,
                4,
                transparent < 0 ? 0 : 1,
                0,
                0,
                Math.max(0, transparent),
                0, //
                0x2c,
                1,
                0,
                1,
                0,
                2,
                0,
                1,
                0,
                0, //
                2,
                2,
                140,
                10,
                0,
                0x3b); // codes of three bits: 4 clear, 1, 2, 5 end
    }

    @Test
    void aPictureOnItsScreen() throws ImageException {
        assertThat(decode(tiny(-1)).rgb())
                .containsExactly(10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 20, 20, 20, 30, 30, 30);
        assertThat(decode(tiny(3)).rgb()).startsWith(40, 40, 40);
    }

    @Test
    void noiseThatFillsTheTableComesBack() throws IOException {
        byte[] colours = new byte[256];
        for (int i = 0; i < 256; i++) {
            colours[i] = (byte) i;
        }
        SplittableRandom random = new SplittableRandom(4);
        BufferedImage picture = new BufferedImage(
                173, 131, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 256, colours, colours, colours));
        for (int y = 0; y < 131; y++) {
            for (int x = 0; x < 173; x++) {
                picture.getRaster().setSample(x, y, 0, y < 60 ? random.nextInt(256) : x / 9);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture, "gif", out)).isTrue(); // interlaced
        Image image = decode(out.toByteArray());
        for (int y = 0; y < 131; y++) {
            for (int x = 0; x < 173; x++) {
                assertThat(image.at(x, y, 2))
                        .as("%d,%d", x, y)
                        .isEqualTo(picture.getRaster().getSample(x, y, 0));
            }
        }
    }

    @Test
    void unsound() {
        byte[] sound = tiny(-1);
        for (int length = 0; length < sound.length - 2; length++) {
            byte[] cut = Arrays.copyOf(sound, length);
            assertThatThrownBy(() -> decode(cut)).as("%d bytes", length).isInstanceOf(ImageException.class);
        }
        byte[] large = sound.clone();
        Arrays.fill(large, 6, 10, (byte) 0xff);
        assertThatThrownBy(() -> decode(large)).hasMessageContaining("65535x65535");
        byte[] frame = sound.clone();
        Arrays.fill(frame, 38, 42, (byte) 0x30); // 12,336 x 12,336 pixels
        assertThatThrownBy(() -> decode(frame)).hasMessageContaining("pixels are read");
        byte[] hollow = sound.clone();
        Arrays.fill(hollow, 38, 42, (byte) 0x20); // 8,224 x 8,224 pixels
        assertThatThrownBy(() -> decode(hollow)).hasMessageContaining("truncated");
    }
}
