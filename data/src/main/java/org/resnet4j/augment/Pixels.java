package org.resnet4j.augment;

import org.resnet4j.image.Image;

/**
 * What is done to the colours of a picture, with the bits of Pillow's {@code ImageEnhance} and {@code ImageOps}, which torchvision's
 * augmentations call. Stateless; each call allocates its result.
 */
final class Pixels {
    private Pixels() {}

    /** Pillow's conversion to mode L: ITU-R 601 in 16-bit fixed point. */
    private static int grey(byte[] rgb, int p) {
        int sum = (rgb[p] & 0xff) * 19595 + (rgb[p + 1] & 0xff) * 38470 + (rgb[p + 2] & 0xff) * 7471;
        return (sum + 0x8000) >> 16;
    }

    /** Between {@code from} (factor 0) and {@code to} (factor 1), or beyond: {@code Image.blend}. */
    private static int blend(int from, int to, float factor) {
        float value = from + factor * (to - from);
        return (int) Math.clamp(value, 0f, 255f); // rounds down, as Pillow does
    }

    /** Towards black below a factor of 1. */
    static Image brightness(Image image, double factor) {
        byte[] src = image.rgb();
        byte[] dst = new byte[src.length];
        for (int i = 0; i < src.length; i++) {
            dst[i] = (byte) blend(0, src[i] & 0xff, (float) factor);
        }
        return new Image(image.width(), image.height(), dst);
    }

    /** Towards grey pixels below a factor of 1. */
    static Image colour(Image image, double factor) {
        byte[] src = image.rgb();
        byte[] dst = new byte[src.length];
        for (int p = 0; p < src.length; p += 3) {
            int grey = grey(src, p);
            for (int c = 0; c < 3; c++) {
                dst[p + c] = (byte) blend(grey, src[p + c] & 0xff, (float) factor);
            }
        }
        return new Image(image.width(), image.height(), dst);
    }

    /** Towards the mean grey of the picture below a factor of 1. */
    static Image contrast(Image image, double factor) {
        byte[] src = image.rgb();
        long sum = 0;
        for (int p = 0; p < src.length; p += 3) {
            sum += grey(src, p);
        }
        int mean = (int) ((double) sum / ((double) src.length / 3) + 0.5);
        byte[] dst = new byte[src.length];
        for (int i = 0; i < src.length; i++) {
            dst[i] = (byte) blend(mean, src[i] & 0xff, (float) factor);
        }
        return new Image(image.width(), image.height(), dst);
    }

    /** Towards a smoothed picture below a factor of 1: 3x3, the middle five times as heavy; the outermost pixels stay. */
    static Image sharpness(Image image, double factor) {
        byte[] src = image.rgb();
        byte[] dst = src.clone();
        int row = image.width() * 3;
        for (int y = 1; y < image.height() - 1; y++) {
            for (int i = y * row + 3; i < (y + 1) * row - 3; i++) {
                int sum = 4 * (src[i] & 0xff);
                for (int line = i - row; line <= i + row; line += row) {
                    sum += (src[line - 3] & 0xff) + (src[line] & 0xff) + (src[line + 3] & 0xff);
                }
                int smooth = (2 * sum + 13) / 26; // to the nearest; thirteenths have no halves
                dst[i] = (byte) blend(smooth, src[i] & 0xff, (float) factor);
            }
        }
        return new Image(image.width(), image.height(), dst);
    }

    /** Keeps the upper {@code bits} of each number. */
    static Image posterize(Image image, int bits) {
        int mask = 0xff & ~((1 << (8 - bits)) - 1);
        int[] table = new int[256];
        for (int v = 0; v < 256; v++) {
            table[v] = v & mask;
        }
        return mapped(image, table, table, table);
    }

    /** Inverts the numbers from {@code threshold} on. */
    static Image solarize(Image image, double threshold) {
        int[] table = new int[256];
        for (int v = 0; v < 256; v++) {
            table[v] = v < threshold ? v : 255 - v;
        }
        return mapped(image, table, table, table);
    }

    /** Stretches each channel to 0 to 255. */
    static Image autoContrast(Image image) {
        int[][] tables = new int[3][256];
        for (int c = 0; c < 3; c++) {
            int[] count = histogram(image, c);
            int low = 0;
            int high = 255;
            while (count[low] == 0) {
                low++;
            }
            while (count[high] == 0) {
                high--;
            }
            double scale = high > low ? 255.0 / (high - low) : 1;
            double offset = high > low ? -low * scale : 0;
            for (int v = 0; v < 256; v++) {
                tables[c][v] = Math.clamp((int) (v * scale + offset), 0, 255);
            }
        }
        return mapped(image, tables[0], tables[1], tables[2]);
    }

    /** Makes each channel's histogram as even as a table can. */
    static Image equalize(Image image) {
        int[][] tables = new int[3][256];
        for (int c = 0; c < 3; c++) {
            int[] count = histogram(image, c);
            int last = 255;
            while (count[last] == 0) {
                last--;
            }
            int step = (image.width() * image.height() - count[last]) / 255;
            int n = step / 2;
            for (int v = 0; v < 256; v++) {
                tables[c][v] = step == 0 ? v : Math.min(255, n / step);
                n += count[v];
            }
        }
        return mapped(image, tables[0], tables[1], tables[2]);
    }

    private static int[] histogram(Image image, int channel) {
        int[] count = new int[256];
        for (int i = channel; i < image.rgb().length; i += 3) {
            count[image.rgb()[i] & 0xff]++;
        }
        return count;
    }

    private static Image mapped(Image image, int[]... tables) {
        byte[] src = image.rgb();
        byte[] dst = new byte[src.length];
        for (int p = 0; p < src.length; p += 3) {
            for (int c = 0; c < 3; c++) {
                dst[p + c] = (byte) tables[c][src[p + c] & 0xff];
            }
        }
        return new Image(image.width(), image.height(), dst);
    }
}
