package org.resnet4j.graph;

import org.resnet4j.tensor.ShapeException;

/**
 * The sliding window of a convolution or a pooling: kernel, stride and zero padding on each side, in pixels.
 *
 * <p>Output size is {@code (size + 2 * padding - kernel) / stride + 1}, rounded down, as PyTorch's default and oneDNN's.
 *
 * @param kh kernel height
 * @param kw kernel width
 * @param sh stride down
 * @param sw stride across
 * @param ph rows of padding above and below
 * @param pw columns of padding left and right
 */
public record Window(int kh, int kw, int sh, int sw, int ph, int pw) {
    /** Largest kernel, stride or padding; far above any network, far below where arithmetic could wrap. */
    private static final int LIMIT = 1 << 16;

    /** Checks that kernel and stride are at least 1 and padding at least 0 and below the kernel. */
    public Window {
        boolean positive = kh >= 1 && kw >= 1 && sh >= 1 && sw >= 1 && ph >= 0 && pw >= 0;
        boolean bounded = kh <= LIMIT && kw <= LIMIT && sh <= LIMIT && sw <= LIMIT && ph < kh && pw < kw;
        if (!positive || !bounded) {
            throw new ShapeException(
                    "window needs 1 <= kernel, stride <= " + LIMIT + " and 0 <= padding < kernel, found kernel " + kh
                            + "x" + kw + ", stride " + sh + "x" + sw + ", padding " + ph + "x" + pw);
        }
    }

    /** A square window. */
    public static Window square(int kernel, int stride, int padding) {
        return new Window(kernel, kernel, stride, stride, padding, padding);
    }

    /** Height of the output over {@code ih} rows. */
    public long outHeight(long ih) {
        return out(ih, kh, sh, ph);
    }

    /** Width of the output over {@code iw} columns. */
    public long outWidth(long iw) {
        return out(iw, kw, sw, pw);
    }

    /** Rounded up: PyTorch's {@code ceil_mode}, where a last window must begin before the padding at the end. */
    public long outHeightCeil(long ih) {
        return outCeil(ih, kh, sh, ph);
    }

    /** Rounded up across; see {@link #outHeightCeil}. */
    public long outWidthCeil(long iw) {
        return outCeil(iw, kw, sw, pw);
    }

    private static long outCeil(long size, int kernel, int stride, int padding) {
        long count = Math.ceilDiv(Math.addExact(size, 2L * padding) - kernel, (long) stride) + 1;
        boolean beyond = Math.multiplyExact(count - 1, (long) stride) >= size + padding;
        if (count < 1) {
            throw new ShapeException("a window of " + kernel + " with stride " + stride + " does not reach " + size
                    + " pixels padded by " + padding);
        }
        return beyond ? count - 1 : count;
    }

    private long out(long size, int kernel, int stride, int padding) {
        long padded = Math.addExact(size, 2L * padding);
        if (padded < kernel) {
            throw new ShapeException(
                    "a window of " + kernel + " does not fit " + size + " pixels padded by " + padding);
        }
        return (padded - kernel) / stride + 1;
    }

    /** As printed: {@code k3x3 s2x2 p1x1}. */
    @Override
    public String toString() {
        return "k" + kh + "x" + kw + " s" + sh + "x" + sw + " p" + ph + "x" + pw;
    }
}
