package org.resnet4j.image;

import java.util.Arrays;
import java.util.Objects;

/**
 * Resizing of RGB pictures with the bits of Pillow's {@code Image.resize}: one pass a direction, weights in 22-bit fixed point,
 * 8-bit results after each pass. Stateless; a call allocates its result, one picture between the passes and the weights.
 */
public final class Resize {
    private static final int PRECISION = 32 - 8 - 2;

    private Resize() {}

    /**
     * A part of a picture, in source pixels from its upper left corner; fractions are allowed.
     *
     * @param left at least 0
     * @param top at least 0
     * @param right more than left, at most the picture's width
     * @param bottom more than top, at most the picture's height
     */
    public record Box(float left, float top, float right, float bottom) {
        /** The whole picture. */
        public static Box of(Image image) {
            return new Box(0, 0, image.width(), image.height());
        }

        private void requireInside(Image image) {
            boolean inside = left >= 0 && top >= 0 && right <= image.width() && bottom <= image.height();
            if (!inside || !(left < right) || !(top < bottom)) {
                throw new IllegalArgumentException(this + ": a box inside of " + image.width() + "x" + image.height()
                        + " pixels with a positive area is needed");
            }
        }
    }

    /** The whole picture at {@code width} x {@code height} pixels. */
    public static Image resize(Image image, int width, int height, Filter filter) {
        return resize(image, width, height, filter, Box.of(image));
    }

    /**
     * Part of a picture at {@code width} x {@code height} pixels. Pixels outside of the box, but within the filter's reach, count.
     *
     * @throws IllegalArgumentException if the box is not inside of the picture or a size is not positive
     */
    public static Image resize(Image image, int width, int height, Filter filter, Box box) {
        box.requireInside(image);
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a picture has at least 1x1 pixels, asked for " + width + "x" + height);
        }
        if (filter == Filter.NEAREST) {
            return nearest(image, width, height, box);
        }
        Weights across = Weights.of(image.width(), box.left(), box.right(), width, filter);
        Weights down = Weights.of(image.height(), box.top(), box.bottom(), height, filter);
        Image near = image.crop(across.begin(), down.begin(), across.end() - across.begin(), down.end() - down.begin());
        // The pass that leaves fewer pixels for the other one goes first; since Pillow 13 and with the whole picture's
        // size.
        return (long) width * image.height() > (long) height * image.width()
                ? horizontal(vertical(near, down), across)
                : vertical(horizontal(near, across), down);
    }

    /** The whole picture at {@code width} x {@code height} pixels, by {@link Filter#BILINEAR}. */
    public static Image bilinear(Image image, int width, int height) {
        return resize(image, width, height, Filter.BILINEAR);
    }

    /** The picture with its shorter side at {@code size}, the longer one rounded down as torchvision does. */
    public static Image shorterSide(Image image, int size) {
        int w = image.width();
        int h = image.height();
        return w <= h
                ? bilinear(image, size, Math.toIntExact((long) size * h / w))
                : bilinear(image, Math.toIntExact((long) size * w / h), size);
    }

    /** The middle of the picture, rounded as torchvision does. */
    public static Image centre(Image image, int size) {
        int x = (int) Math.rint((image.width() - size) / 2.0);
        int y = (int) Math.rint((image.height() - size) / 2.0);
        return image.crop(x, y, size, size);
    }

    /** For each output position: the first input position and the weights from there on. */
    private record Weights(int[] first, int[][] weights, boolean identity) {
        /** The first input position that is needed. */
        int begin() {
            return first[0];
        }

        /** After the last input position that is needed. */
        int end() {
            return first[first.length - 1] + weights[first.length - 1].length;
        }

        static Weights of(int size, float from, float to, int out, Filter filter) {
            double scale = (double) (to - from) / out;
            double wider = Math.max(scale, 1);
            double support = filter.support() * wider;
            int[] first = new int[out];
            int[][] weights = new int[out][];
            for (int i = 0; i < out; i++) {
                double centre = from + (i + 0.5) * scale;
                first[i] = Math.max(0, (int) (centre - support + 0.5));
                int end = Math.min(size, (int) (centre + support + 0.5));
                weights[i] = fixed(first[i], end, centre, 1 / wider, filter);
            }
            return new Weights(first, weights, from == 0 && to == out && size == out);
        }

        private static int[] fixed(int from, int to, double centre, double narrow, Filter filter) {
            double[] exact = new double[to - from];
            double sum = 0;
            for (int k = 0; k < exact.length; k++) {
                exact[k] = filter.weight((k + from - centre + 0.5) * narrow);
                sum += exact[k];
            }
            int[] fixed = new int[exact.length];
            for (int k = 0; k < exact.length; k++) {
                double w = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << PRECISION);
                fixed[k] = (int) (w < 0 ? w - 0.5 : w + 0.5);
            }
            return fixed;
        }
    }

    /** {@code image} begins where the weights do. */
    private static Image horizontal(Image image, Weights w) {
        if (w.identity) {
            return image;
        }
        int width = w.first.length;
        byte[] rgb = image.rgb();
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(width, 3), image.height())];
        int at = 0;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < width; x++) {
                int p = (y * image.width() + w.first[x] - w.begin()) * 3;
                int r = 1 << (PRECISION - 1);
                int g = r;
                int b = r;
                for (int weight : w.weights[x]) {
                    r += (rgb[p] & 0xff) * weight;
                    g += (rgb[p + 1] & 0xff) * weight;
                    b += (rgb[p + 2] & 0xff) * weight;
                    p += 3;
                }
                out[at] = clip(r);
                out[at + 1] = clip(g);
                out[at + 2] = clip(b);
                at += 3;
            }
        }
        return new Image(width, image.height(), out);
    }

    /** {@code image} begins where the weights do. */
    private static Image vertical(Image image, Weights w) {
        if (w.identity) {
            return image;
        }
        int height = w.first.length;
        int row = image.width() * 3;
        byte[] rgb = image.rgb();
        byte[] out = new byte[Math.multiplyExact(row, height)];
        int[] sums = new int[row];
        for (int y = 0; y < height; y++) {
            Arrays.fill(sums, 1 << (PRECISION - 1));
            for (int k = 0; k < w.weights[y].length; k++) {
                int from = (w.first[y] - w.begin() + k) * row;
                int weight = w.weights[y][k];
                for (int i = 0; i < row; i++) {
                    sums[i] += (rgb[from + i] & 0xff) * weight;
                }
            }
            for (int i = 0; i < row; i++) {
                out[y * row + i] = clip(sums[i]);
            }
        }
        return new Image(image.width(), height, out);
    }

    /** Positions are summed up, not multiplied, as Pillow does. */
    private static Image nearest(Image image, int width, int height, Box box) {
        int[] xs = positions(box.left(), box.right(), width);
        int[] ys = positions(box.top(), box.bottom(), height);
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(width, 3), height)];
        for (int y = 0; y < height; y++) {
            int line = Objects.checkIndex(ys[y], image.height()) * image.width();
            for (int x = 0; x < width; x++) {
                System.arraycopy(image.rgb(), (line + xs[x]) * 3, out, (y * width + x) * 3, 3);
            }
        }
        return new Image(width, height, out);
    }

    private static int[] positions(float from, float to, int out) {
        double scale = (double) (to - from) / out;
        double at = from + scale * 0.5;
        int[] positions = new int[out];
        for (int i = 0; i < out; i++) {
            positions[i] = (int) at;
            at += scale;
        }
        return positions;
    }

    private static byte clip(int sum) {
        return (byte) Math.clamp(sum >> PRECISION, 0, 255);
    }
}
