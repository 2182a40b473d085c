package org.resnet4j.image;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Resizing of RGB pictures with the bits of Pillow's {@code Image.resize}: one pass a direction, weights in 22-bit fixed point,
 * 8-bit results after each pass. Safe for many threads; a call allocates its result, the weights, and of the picture between the
 * passes as many rows as are needed at once.
 */
public final class Resize {
    /** Bits behind the point of a weight. */
    static final int PRECISION = 32 - 8 - 2;

    private static final int MOST_KEPT = 1 << 22;

    /** Where sums begin, so that they are rounded. */
    static final int HALF = 1 << (PRECISION - 1);

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
        return resample(Part.of(image), target, filter, box, RowSums.next());
    }

    /**
     * A rectangle of a picture as if it were cut out first: what lies around it does not count.
     *
     * @throws IllegalArgumentException if the rectangle is not inside of the picture
     */
    public static Image resizeCrop(Image image, int x, int y, int w, int h, Target target, Filter filter) {
        if (filter == Filter.NEAREST) {
            return resize(image.crop(x, y, w, h), target, filter, new Box(0, 0, w, h));
        }
        return resample(new Part(image, x, y, w, h), target, filter, new Box(0, 0, w, h), RowSums.next());
    }

    /** The same by these loops; not for {@link Filter#NEAREST}. */
    static Image resize(Image image, Target target, Filter filter, Box box, RowSums sums) {
        return resample(Part.of(image), target, filter, box, sums);
    }

    private static Image resample(Part part, Target target, Filter filter, Box box, RowSums sums) {
        Weights across =
                Weights.of(part.w(), new Side(box.left(), box.right(), target.width(), target.x(), target.w()), filter);
        Weights down = Weights.of(
                part.h(), new Side(box.top(), box.bottom(), target.height(), target.y(), target.h()), filter);
        if (verticalFirst(part, target)) {
            Image low = down(new Columns(part.columns(across)), down);
            return down(new Across(Part.of(low), across.fromZero(), sums), Weights.same(0, low.height()));
        }
        return down(new Across(part, across, sums), down);
    }

    /** The order matters to the last bit. Pillow 13.0, {@code Resample.c}: before that the horizontal pass was always first. */
    private static boolean verticalFirst(Part part, Target target) {
        long lower = part.h() - target.height();
        return lower > 0 && lower > 2 * (part.w() - target.width());
    }

    /** One direction: from the box's edges to positions {@code begin} and following of {@code size}. */
    private record Side(float from, float to, long size, long begin, int count) {
        double scale() {
            return (double) (to - from) / size;
        }
    }

    /** A rectangle of a picture, which is not copied. */
    private record Part(Image image, int x, int y, int w, int h) {
        Part {
            if (x < 0 || y < 0 || w < 1 || h < 1 || x > image.width() - w || y > image.height() - h) {
                throw new IllegalArgumentException(
                        "no " + w + "x" + h + " at " + x + "," + y + " in a picture of " + image);
            }
        }

        static Part of(Image image) {
            return new Part(image, 0, 0, image.width(), image.height());
        }

        /** The columns that these weights reach. */
        Part columns(Weights across) {
            return new Part(image, x + across.begin(), y, across.end() - across.begin(), h);
        }

        /** Index of the first byte of a row. */
        int row(int i) {
            return ((y + i) * image.width() + x) * 3;
        }
    }

    /** For each output position: the first input position, and as many weights from there on as every position has. */
    private record Weights(int[] first, int taps, int[] values) {
        /** The first input position that is needed. */
        int begin() {
            return first[0];
        }

        /** After the last input position that is needed. */
        int end() {
            return first[first.length - 1] + taps;
        }

        /** The same for a picture that begins where these do. */
        Weights fromZero() {
            int[] moved = new int[first.length];
            for (int i = 0; i < moved.length; i++) {
                moved[i] = first[i] - first[0];
            }
            return new Weights(moved, taps, values);
        }

        /** Every position as it is. */
        static Weights same(int begin, int count) {
            int[] ones = new int[count];
            Arrays.fill(ones, 1 << PRECISION);
            return new Weights(IntStream.range(begin, begin + count).toArray(), 1, ones);
        }

        static Weights of(int size, Side side, Filter filter) {
            int[] first = new int[side.count()];
            if (side.from() == 0 && side.to() == side.size() && size == side.size()) {
                return same(Math.toIntExact(side.begin()), first.length);
            }
            double scale = side.scale();
            double wider = Math.max(scale, 1);
            double support = filter.support() * wider;
            int[] end = new int[first.length];
            int taps = 1;
            for (int i = 0; i < first.length; i++) {
                double centre = side.from() + (side.begin() + i + 0.5) * scale;
                first[i] = Math.max(0, (int) (centre - support + 0.5));
                end[i] = Math.min(size, (int) (centre + support + 0.5));
                taps = Math.max(taps, end[i] - first[i]);
            }
            int[] values = new int[Math.multiplyExact(first.length, taps)];
            double[] exact = new double[taps];
            for (int i = 0; i < first.length; i++) {
                double centre = side.from() + (side.begin() + i + 0.5) * scale;
                // Near the end the window moves back, so that no position reads beyond it; what it then has more weighs
                // nothing.
                int begin = Math.min(first[i], size - taps);
                fix(values, i * taps + first[i] - begin, exact, first[i], end[i], centre, 1 / wider, filter);
                first[i] = begin;
            }
            return new Weights(first, taps, values);
        }

        private static void fix(
                int[] values, int at, double[] exact, int from, int to, double centre, double narrow, Filter filter) {
            double sum = 0;
            for (int k = from; k < to; k++) {
                exact[k - from] = filter.weight((k - centre + 0.5) * narrow);
                sum += exact[k - from];
            }
            for (int k = 0; k < to - from; k++) {
                double w = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << PRECISION);
                values[at + k] = (int) (w < 0 ? w - 0.5 : w + 0.5);
            }
        }
    }

    /** Rows of samples 0 to 255, made one at a time and then used by several rows of the result. */
    private interface Rows {
        /** Samples of a row. */
        int samples();

        /** Writes row {@code y}. */
        void make(int y, int[] row);
    }

    /** The rows as they are. */
    private record Columns(Part part) implements Rows {
        @Override
        public int samples() {
            return part.w() * 3;
        }

        @Override
        public void make(int y, int[] row) {
            byte[] rgb = part.image().rgb();
            int from = part.row(y);
            for (int i = 0; i < row.length; i++) {
                row[i] = rgb[from + i] & 0xff;
            }
        }
    }

    /** Rows with other columns. */
    private record Across(Part part, Weights weights, RowSums sums) implements Rows {
        @Override
        public int samples() {
            return weights.first.length * 3;
        }

        @Override
        public void make(int y, int[] row) {
            sums.across(part.image().rgb(), part.row(y), weights.first, weights.values, weights.taps, row);
            clip(row);
        }
    }

    /** Other rows. A row is kept as long as the weights reach it, unless they reach so many that this takes too much memory. */
    private static Image down(Rows rows, Weights w) {
        int samples = rows.samples();
        byte[] out = new byte[Math.multiplyExact(samples, w.first.length)];
        boolean keep = (long) w.taps * samples <= MOST_KEPT;
        int[][] kept = new int[keep ? w.taps : 1][samples];
        int[] sums = new int[samples];
        int next = 0;
        for (int y = 0; y < w.first.length; y++) {
            Arrays.fill(sums, HALF);
            for (int k = 0; k < w.taps; k++) {
                int at = w.first[y] + k;
                int[] row = kept[at % kept.length];
                if (!keep || at >= next) {
                    rows.make(at, row);
                    next = at + 1;
                }
                add(row, w.values[y * w.taps + k], sums);
            }
            clip(sums);
            for (int i = 0; i < samples; i++) {
                out[y * samples + i] = (byte) sums[i];
            }
        }
        return new Image(samples / 3, w.first.length, out);
    }

    // Loops over one kind of array each: these the compiler makes vectors of.

    private static void add(int[] row, int weight, int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += row[i] * weight;
        }
    }

    /** From fixed point to 0 to 255. */
    private static void clip(int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            int s = sums[i] >> PRECISION;
            s &= ~(s >> 31);
            sums[i] = (s | (255 - s) >> 31) & 255;
        }
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
}
