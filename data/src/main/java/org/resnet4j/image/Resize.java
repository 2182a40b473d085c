package org.resnet4j.image;

/**
 * Bilinear resizing with antialiasing after Pillow's {@code Image.resize} with {@code BILINEAR} on RGB pictures: a triangle filter
 * as wide as the reduction, horizontal pass first, 8-bit results of 22-bit fixed-point sums. Its bits are Pillow's where pictures
 * are made smaller; some that are made larger differ. Stateless.
 */
public final class Resize {
    private static final int PRECISION = 32 - 8 - 2;

    private Resize() {}

    /** The whole picture at {@code width} x {@code height} pixels. */
    public static Image bilinear(Image image, int width, int height) {
        Image wide = width == image.width() ? image : horizontal(image, width);
        return height == wide.height() ? wide : vertical(wide, height);
    }

    /** The picture with its shorter side at {@code size}, the longer one rounded down as torchvision does. */
    public static Image shorterSide(Image image, int size) {
        int w = image.width();
        int h = image.height();
        return w <= h
                ? bilinear(image, size, (int) ((long) size * h / w))
                : bilinear(image, (int) ((long) size * w / h), size);
    }

    /** The middle of the picture, rounded as torchvision does. */
    public static Image centre(Image image, int size) {
        int x = (int) Math.rint((image.width() - size) / 2.0);
        int y = (int) Math.rint((image.height() - size) / 2.0);
        return image.crop(x, y, size, size);
    }

    /** For each output position: the first input position and the weights from there on. */
    private record Filter(int[] first, int[][] weights) {
        static Filter of(int in, int out) {
            double scale = (double) in / out;
            double support = Math.max(scale, 1);
            int[] first = new int[out];
            int[][] weights = new int[out][];
            for (int i = 0; i < out; i++) {
                double centre = (i + 0.5) * scale;
                int from = Math.max(0, (int) (centre - support + 0.5));
                int to = Math.min(in, (int) (centre + support + 0.5));
                double[] exact = new double[to - from];
                double sum = 0;
                for (int k = 0; k < exact.length; k++) {
                    exact[k] = Math.max(0, 1 - Math.abs((k + from - centre + 0.5) * (1 / support)));
                    sum += exact[k];
                }
                first[i] = from;
                weights[i] = new int[exact.length];
                for (int k = 0; k < exact.length; k++) {
                    double w = sum == 0 ? exact[k] : exact[k] / sum;
                    weights[i][k] = (int) (0.5 + w * (1 << PRECISION));
                }
            }
            return new Filter(first, weights);
        }
    }

    private static Image horizontal(Image image, int width) {
        Filter f = Filter.of(image.width(), width);
        byte[] out = new byte[Math.multiplyExact(width * 3, image.height())];
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    int sum = 1 << (PRECISION - 1);
                    for (int k = 0; k < f.weights[x].length; k++) {
                        sum += image.at(f.first[x] + k, y, c) * f.weights[x][k];
                    }
                    out[(y * width + x) * 3 + c] = clip(sum);
                }
            }
        }
        return new Image(width, image.height(), out);
    }

    private static Image vertical(Image image, int height) {
        Filter f = Filter.of(image.height(), height);
        int row = image.width() * 3;
        byte[] out = new byte[Math.multiplyExact(row, height)];
        for (int y = 0; y < height; y++) {
            for (int i = 0; i < row; i++) {
                int sum = 1 << (PRECISION - 1);
                for (int k = 0; k < f.weights[y].length; k++) {
                    sum += (image.rgb()[(f.first[y] + k) * row + i] & 0xff) * f.weights[y][k];
                }
                out[y * row + i] = clip(sum);
            }
        }
        return new Image(image.width(), height, out);
    }

    private static byte clip(int sum) {
        return (byte) Math.clamp(sum >> PRECISION, 0, 255);
    }
}
