package org.resnet4j.image;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first picture of a GIF, on the screen that the file describes, grown where the picture does not fit. What the picture
 * leaves free has the colour that is marked transparent, else colour 0, as Pillow has it; transparency is dropped. A file without
 * any palette is grey. GIF89a specification.
 */
final class Gif {
    private static final int EXTENSION = 0x21;
    private static final int IMAGE = 0x2c;
    private static final int GRAPHIC_CONTROL = 0xf9;

    private final Source source;
    private byte @Nullable [] palette;
    private int transparent;
    private long at = 13;

    private Gif(Source source) {
        this.source = source;
    }

    static Image decode(Source source) throws ImageException {
        return new Gif(source).first();
    }

    private Image first() throws ImageException {
        int screenWidth = source.u16le(6);
        int screenHeight = source.u16le(8);
        source.requireSize(screenWidth, screenHeight);
        palette(source.u8(10));
        while (true) {
            int block = source.u8(at++);
            switch (block) {
                case EXTENSION -> extension();
                case IMAGE -> {
                    return image(screenWidth, screenHeight);
                }
                default -> throw source.error("damaged GIF: no block begins with " + block + " at byte " + (at - 1));
            }
        }
    }

    private void palette(int flags) throws ImageException {
        if ((flags & 0x80) != 0) {
            int bytes = 3 << ((flags & 7) + 1);
            source.require(at, bytes);
            palette = Arrays.copyOfRange(source.bytes(), (int) at, (int) at + bytes);
            at += bytes;
        }
    }

    private void extension() throws ImageException {
        int label = source.u8(at++);
        if (label == GRAPHIC_CONTROL && source.u8(at) >= 4) {
            transparent = (source.u8(at + 1) & 1) != 0 ? source.u8(at + 4) : 0;
        }
        for (int length = source.u8(at++); length > 0; length = source.u8(at++)) {
            at += length;
        }
    }

    private Image image(int screenWidth, int screenHeight) throws ImageException {
        int left = source.u16le(at);
        int top = source.u16le(at + 2);
        int w = source.u16le(at + 4);
        int h = source.u16le(at + 6);
        int flags = source.u8(at + 8);
        at += 9;
        palette(flags);
        int width = Math.max(screenWidth, left + w);
        int height = Math.max(screenHeight, top + h);
        source.requireSize(w, h);
        source.requireSize(width, height);
        int codeBits = source.u8(at++);
        return DecodeBudget.spend(width, height, () -> {
            byte[] indices = new GifLzw(source, at, codeBits).decode(w * h);
            byte[] colours = palette == null ? grey() : palette;
            Image screen = new Image(width, height, new byte[Math.multiplyExact(width * height, 3)]);
            if (w < width || h < height) {
                fill(screen.rgb(), colours, 3 * transparent < colours.length ? transparent : 0);
            }
            for (int row = 0; row < h; row++) {
                int y = (flags & 0x40) == 0 ? row : interlaced(row, h);
                int to = ((top + y) * width + left) * 3;
                for (int x = 0; x < w; x++) {
                    int index = indices[row * w + x] & 0xff;
                    if (3 * index >= colours.length) {
                        throw source.error("damaged GIF: the palette has no colour " + index);
                    }
                    System.arraycopy(colours, 3 * index, screen.rgb(), to + 3 * x, 3);
                }
            }
            return screen;
        });
    }

    private static byte[] grey() {
        byte[] grey = new byte[768];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = (byte) (i / 3);
        }
        return grey;
    }

    private static void fill(byte[] rgb, byte[] colours, int index) {
        for (int i = 0; i < rgb.length; i += 3) {
            System.arraycopy(colours, 3 * index, rgb, i, 3);
        }
    }

    /** Where the row that comes as number {@code row} belongs: rows 0, 8, 16, ..., then 4, 12, ..., 2, 6, ..., 1, 3, .... */
    private static int interlaced(int row, int height) {
        int eighths = Math.ceilDiv(height, 8);
        int quarters = Math.ceilDiv(height, 4);
        int halves = Math.ceilDiv(height, 2);
        if (row < eighths) {
            return row * 8;
        }
        if (row < quarters) {
            return (row - eighths) * 8 + 4;
        }
        return row < halves ? (row - quarters) * 4 + 2 : (row - halves) * 2 + 1;
    }
}
