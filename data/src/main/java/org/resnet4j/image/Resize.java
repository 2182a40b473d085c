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

    /**
     * A resized picture and the part of it that is made, which has the same bits as if all of it were made.
     *
     * @param width of the whole resized picture, which may be larger than any that can be made
     * @param height of the whole resized picture
     * @param x where the part begins
     * @param y where the part begins
     * @param w width of the part
     * @param h height of the part
     */
    public record Target(long width, long height, long x, long y, int w, int h) {
        /** Checks that the part lies inside. */
        public Target {
            if (x < 0 || y < 0 || w < 1 || h < 1 || x > width - w || y > height - h) {
                throw new IllegalArgumentException("a picture has at least 1x1 pixels, asked for " + w + "x" + h
                        + " at " + x + "," + y + " of " + width + "x" + height);
            }
        }

        /** All of it. */
        public static Target of(int width, int height) {
            return new Target(width, height, 0, 0, width, height);
        }
    }

    /** The whole picture at {@code width} x {@code height} pixels. */
    public static Image resize(Image image, int width, int height, Filter filter) {
        return resize(image, Target.of(width, height), filter, Box.of(image));
    }

    /**
     * Part of a picture, or part of that. Pixels outside of the box, but within the filter's reach, count.
     *
     * @throws IllegalArgumentException if the box is not inside of the picture
     */
    public static Image resize(Image image, Target target, Filter filter, Box box) {
        box.requireInside(image);
        if (filter == Filter.NEAREST) {
            return nearest(image, target, box);
        }
        Weights across = Weights.of(
                image.width(), new Side(box.left(), box.right(), target.width(), target.x(), target.w()), filter);
        Weights down = Weights.of(
                image.height(), new Side(box.top(), box.bottom(), target.height(), target.y(), target.h()), filter);
        Image near = image.crop(across.begin(), down.begin(), across.end() - across.begin(), down.end() - down.begin());
        return verticalFirst(image, target)
                ? horizontal(vertical(near, down), across)
                : vertical(horizontal(near, across), down);
    }

    /** The order matters to the last bit. Pillow 13.0, {@code Resample.c}: before that the horizontal pass was always first. */
    private static boolean verticalFirst(Image image, Target target) {
        long lower = image.height() - target.height();
        return lower > 0 && lower > 2 * (image.width() - target.width());
    }

    /** One direction: from the box's edges to positions {@code begin} and following of {@code size}. */
    private record Side(float from, float to, long size, long begin, int count) {
        double scale() {
            return (double) (to - from) / size;
        }
    }

    /** For each output position: the first input position and the weights from there on. */
    private record Weights(int[] first, int[][] weights, boolean identity) {
        private static final int[] ONE = {1 << PRECISION};

        /** The first input position that is needed. */
        int begin() {
            return first[0];
        }

        /** After the last input position that is needed. */
        int end() {
            return first[first.length - 1] + weights[first.length - 1].length;
        }

        static Weights of(int size, Side side, Filter filter) {
            int[] first = new int[side.count()];
            int[][] weights = new int[side.count()][];
            if (side.from() == 0 && side.to() == side.size() && size == side.size()) {
                Arrays.setAll(first, i -> Math.toIntExact(side.begin() + i));
                Arrays.fill(weights, ONE);
                return new Weights(first, weights, true);
            }
            double scale = side.scale();
            double wider = Math.max(scale, 1);
            double support = filter.support() * wider;
            for (int i = 0; i < first.length; i++) {
                double centre = side.from() + (side.begin() + i + 0.5) * scale;
                first[i] = Math.max(0, (int) (centre - support + 0.5));
                int end = Math.min(size, (int) (centre + support + 0.5));
                weights[i] = fixed(first[i], end, centre, 1 / wider, filter);
            }
            return new Weights(first, weights, false);
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

    private static Image nearest(Image image, Target target, Box box) {
        int[] xs = positions(new Side(box.left(), box.right(), target.width(), target.x(), target.w()));
        int[] ys = positions(new Side(box.top(), box.bottom(), target.height(), target.y(), target.h()));
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(target.w(), 3), target.h())];
        for (int y = 0; y < target.h(); y++) {
            int line = Objects.checkIndex(ys[y], image.height()) * image.width();
            for (int x = 0; x < target.w(); x++) {
                System.arraycopy(image.rgb(), (line + xs[x]) * 3, out, (y * target.w() + x) * 3, 3);
            }
        }
        return new Image(target.w(), target.h(), out);
    }

    /** Positions are summed up, not multiplied, as Pillow does, in pictures as large as it can make. */
    private static int[] positions(Side side) {
        long skipped = side.begin() > 1 << 26 ? side.begin() : 0;
        double scale = side.scale();
        double at = side.from() + scale * (skipped + 0.5);
        int[] positions = new int[side.count()];
        for (long i = skipped; i < side.begin() + side.count(); i++) {
            if (i >= side.begin()) {
                positions[(int) (i - side.begin())] = (int) at;
            }
            at += scale;
        }
        return positions;
    }

    private static byte clip(int sum) {
        return (byte) Math.clamp(sum >> PRECISION, 0, 255);
    }
}
