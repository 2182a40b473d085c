package org.resnet4j.image;

import java.util.Arrays;

/**
 * A picture: rows from the top, pixels from the left, bytes red, green, blue. The array is shared, not copied: whoever makes a
 * picture gives it up, and nobody writes to it afterwards.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param rgb {@code width * height * 3} bytes, unsigned
 */
public record Image(int width, int height, byte[] rgb) {
    /** Checks that the bytes are as many as the size says. */
    public Image {
        if (width < 1 || height < 1 || rgb.length != Math.multiplyExact(Math.multiplyExact(width, height), 3)) {
            throw new IllegalArgumentException(
                    "a picture of " + width + "x" + height + " pixels does not have " + rgb.length + " bytes");
        }
    }

    /** A channel of a pixel, 0 to 255. */
    public int at(int x, int y, int channel) {
        return rgb[(y * width + x) * 3 + channel] & 0xff;
    }

    /** The part that begins at ({@code x}, {@code y}). */
    public Image crop(int x, int y, int w, int h) {
        if (x < 0 || y < 0 || w < 1 || h < 1 || x > width - w || y > height - h) {
            throw new IllegalArgumentException(
                    "no " + w + "x" + h + " at " + x + "," + y + " in a picture of " + width + "x" + height);
        }
        byte[] out = new byte[w * h * 3];
        for (int row = 0; row < h; row++) {
            System.arraycopy(rgb, ((y + row) * width + x) * 3, out, row * w * 3, w * 3);
        }
        return new Image(w, h, out);
    }

    /** Left and right exchanged. */
    public Image mirrored() {
        byte[] out = new byte[rgb.length];
        for (int p = 0; p < width * height; p++) {
            System.arraycopy(rgb, 3 * p, out, 3 * (p / width * width + width - 1 - p % width), 3);
        }
        return new Image(width, height, out);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Image i && i.width == width && i.height == height && Arrays.equals(i.rgb, rgb);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return width + "x" + height + " pixels";
    }
}
