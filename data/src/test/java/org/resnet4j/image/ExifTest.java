package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.resnet4j.testkit.JpegFile;
import org.resnet4j.testkit.PngFile;

class ExifTest {
    /** 24 x 16 pixels of six blocks, each of another grey. */
    private static final JpegFile.Blocks BLOCKS = (c, x, y) -> 50 + 20 * x + 70 * y;

    /** A TIFF block of one directory with one entry. */
    private static byte[] tiff(ByteOrder order, int tag, int type, int count, int value) {
        ByteBuffer block = ByteBuffer.allocate(26).order(order);
        block.put((byte) (order == ByteOrder.BIG_ENDIAN ? 'M' : 'I'))
                .put((byte) (order == ByteOrder.BIG_ENDIAN ? 'M' : 'I'));
        block.putShort((short) 42).putInt(8).putShort((short) 1);
        block.putShort((short) tag).putShort((short) type).putInt(count);
        if (type == 3) {
            block.putShort((short) value).putShort((short) 0);
        } else {
            block.putInt(value);
        }
        return block.putInt(0).array();
    }

    private static Image jpeg(byte[] tiff, ReadOptions options) throws ImageException {
        return ImageFile.decode(
                JpegFile.begin().exif(tiff).picture(0xc0, 24, 16, BLOCKS, 1).end(), "generated", options);
    }

    private static Image plain() throws ImageException {
        return ImageFile.decode(JpegFile.picture(24, 16, BLOCKS, 1), "generated");
    }

    /** Where the stored pixel (x, y) is seen: by the meaning of each value in Exif 2.3, apart from the code under test. */
    private static int[] seen(int orientation, int x, int y, int w, int h) {
        int right = w - 1 - x;
        int up = h - 1 - y;
        return switch (orientation) {
            case 1 -> new int[] {x, y}; // row 0 is the top, column 0 the left
            case 2 -> new int[] {right, y}; // top, right
            case 3 -> new int[] {right, up}; // bottom, right
            case 4 -> new int[] {x, up}; // bottom, left
            case 5 -> new int[] {y, x}; // left, top
            case 6 -> new int[] {up, x}; // right, top
            case 7 -> new int[] {up, right}; // right, bottom
            default -> new int[] {y, right}; // left, bottom
        };
    }

    @DisplayName("IMG-07 orientations 1 to 8 in both byte orders, obeyed only if asked for")
    @Test
    void orientations() throws ImageException {
        Image stored = plain();
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            for (int type : new int[] {3, 4}) {
                for (int value = 1; value <= 8; value++) {
                    byte[] tiff = tiff(order, 0x112, type, 1, value);
                    Image upright = jpeg(tiff, ReadOptions.UPRIGHT);
                    for (int y = 0; y < 16; y++) {
                        for (int x = 0; x < 24; x++) {
                            int[] to = seen(value, x, y, 24, 16);
                            assertThat(upright.at(to[0], to[1], 1))
                                    .as("%s %d: %d,%d", order, value, x, y)
                                    .isEqualTo(stored.at(x, y, 1));
                        }
                    }
                    assertThat(jpeg(tiff, ReadOptions.DEFAULT)).isEqualTo(stored);
                }
            }
        }
    }

    @DisplayName("IMG-09 broken EXIF data: the picture as it is stored")
    @Test
    void broken() throws ImageException {
        Image stored = plain();
        byte[] far = tiff(ByteOrder.BIG_ENDIAN, 0x112, 3, 1, 6);
        far[4] = 0x7f; // the directory lies past the end
        byte[] negative = tiff(ByteOrder.BIG_ENDIAN, 0x112, 3, 1, 6);
        negative[4] = -1;
        byte[] self = tiff(ByteOrder.BIG_ENDIAN, 0x112, 3, 1, 1);
        self[25] = 8; // the next directory is this one
        byte[] many = new byte[65_000];
        System.arraycopy(tiff(ByteOrder.BIG_ENDIAN, 0x100, 3, 1, 6), 0, many, 0, 26);
        many[8] = -1; // 65,281 entries
        for (byte[] tiff : List.of(
                far,
                negative,
                self,
                many,
                new byte[0],
                new byte[] {'I', 'I'},
                new byte[] {'I', 'I', 42, 0, 8, 0, 0, 0},
                new byte[60],
                tiff(ByteOrder.BIG_ENDIAN, 0x112, 3, -1, 6),
                tiff(ByteOrder.BIG_ENDIAN, 0x112, 3, 0, 6),
                tiff(ByteOrder.BIG_ENDIAN, 0x112, 0, 1, 6),
                tiff(ByteOrder.BIG_ENDIAN, 0x112, 3, 1, 9),
                tiff(ByteOrder.BIG_ENDIAN, 0x112, 4, 1, -1),
                tiff(ByteOrder.BIG_ENDIAN, 0x112, 3, 1, 0),
                tiff(ByteOrder.BIG_ENDIAN, 0x113, 3, 1, 6))) {
            assertThat(jpeg(tiff, ReadOptions.UPRIGHT)).isEqualTo(stored);
        }
    }

    @Test
    void ofAPng() throws ImageException {
        byte[] file = PngFile.begin(1, 2, 8, 0)
                .rows((byte) 0, (byte) 5, (byte) 0, (byte) 9)
                .chunk("eXIf", tiff(ByteOrder.LITTLE_ENDIAN, 0x112, 3, 1, 6))
                .end();
        assertThat(ImageFile.decode(file, "generated", ReadOptions.UPRIGHT))
                .isEqualTo(new Image(2, 1, new byte[] {9, 9, 9, 5, 5, 5}));
        assertThat(ImageFile.decode(file, "generated").width()).isEqualTo(1);
    }
}
