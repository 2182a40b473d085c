package org.resnet4j.engine.reference;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Window;
import org.resnet4j.tensor.Shape;

/**
 * Pooling, a channel of an image at a time.
 *
 * <p>Source: oneDNN pooling (max, avg_include_padding, avg_exclude_padding); torch.nn.functional.max_pool2d and avg_pool2d.
 */
final class Pooling {
    private Pooling() {}

    /** The part of a window that lies on the picture. */
    private record Cut(int top, int bottom, int left, int right) {
        static Cut of(Window w, int oy, int ox, Shape src) {
            int y = oy * w.sh() - w.ph();
            int x = ox * w.sw() - w.pw();
            return new Cut(
                    Math.max(y, 0),
                    Math.min(y + w.kh(), src.intDim(2)),
                    Math.max(x, 0),
                    Math.min(x + w.kw(), src.intDim(3)));
        }

        int area() {
            return (bottom - top) * (right - left);
        }
    }

    /** What to do with a window: its part on the picture, where its channel begins, and the index of its output pixel. */
    private interface Visit {
        void window(Cut cut, int plane, int out);
    }

    private static void eachWindow(Window w, Shape src, Shape dst, Visit visit) {
        int oh = dst.intDim(2);
        int ow = dst.intDim(3);
        int hw = src.intDim(2) * src.intDim(3);
        IntStream.range(0, src.intDim(0) * src.intDim(1)).parallel().forEach(plane -> {
            for (int oy = 0; oy < oh; oy++) {
                for (int ox = 0; ox < ow; ox++) {
                    visit.window(Cut.of(w, oy, ox, src), plane * hw, (plane * oh + oy) * ow + ox);
                }
            }
        });
    }

    /** dst = max of the window, the first of equals, a NaN if there is one; the workspace keeps the index of its source. */
    static void max(Op.MaxPool op, Operands a) {
        double[] src = a.in(0);
        int iw = a.inShape(0).intDim(3);
        eachWindow(op.window(), a.inShape(0), a.outShape(0), (cut, plane, out) -> {
            int best = plane + cut.top() * iw + cut.left();
            for (int y = cut.top(); y < cut.bottom(); y++) {
                for (int x = cut.left(); x < cut.right(); x++) {
                    int at = plane + y * iw + x;
                    if (src[at] > src[best] || (Double.isNaN(src[at]) && !Double.isNaN(src[best]))) {
                        best = at;
                    }
                }
            }
            a.out(0)[out] = src[best];
            if (op.workspace()) {
                a.out(1)[out] = best;
            }
        });
    }

    /** diffSrc[workspace[i]] += diffDst[i]. */
    static void maxBackward(Operands a) {
        double[] workspace = a.in(0);
        double[] diffSrc = a.out(0);
        Arrays.fill(diffSrc, 0);
        for (int i = 0; i < workspace.length; i++) {
            diffSrc[(int) workspace[i]] += a.in(1)[i];
        }
    }

    /** dst = sum of the window / its area; the area counts padding if asked. */
    static void average(Op.AvgPool op, Operands a) {
        double[] src = a.in(0);
        int iw = a.inShape(0).intDim(3);
        eachWindow(op.window(), a.inShape(0), a.outShape(0), (cut, plane, out) -> {
            double sum = 0;
            for (int y = cut.top(); y < cut.bottom(); y++) {
                for (int x = cut.left(); x < cut.right(); x++) {
                    sum += src[plane + y * iw + x];
                }
            }
            a.out(0)[out] = sum / divisor(op, cut);
        });
    }

    /** diffSrc += diffDst / area, for each pixel of the window. */
    static void averageBackward(Op.AvgPool op, Operands a) {
        double[] diffSrc = a.out(0);
        int iw = a.outShape(0).intDim(3);
        Arrays.fill(diffSrc, 0);
        eachWindow(op.window(), a.outShape(0), a.inShape(0), (cut, plane, out) -> {
            double share = a.in(0)[out] / divisor(op, cut);
            for (int y = cut.top(); y < cut.bottom(); y++) {
                for (int x = cut.left(); x < cut.right(); x++) {
                    diffSrc[plane + y * iw + x] += share;
                }
            }
        });
    }

    private static int divisor(Op.AvgPool op, Cut cut) {
        return op.includePadding() ? op.window().kh() * op.window().kw() : cut.area();
    }

    /** dst[n, c] = sum over h and w of src[n, c, h, w] / (H * W). */
    static void global(Operands a) {
        double[] src = a.in(0);
        double[] dst = a.out(0);
        int hw = src.length / dst.length;
        for (int i = 0; i < dst.length; i++) {
            double sum = 0;
            for (int p = i * hw; p < (i + 1) * hw; p++) {
                sum += src[p];
            }
            dst[i] = sum / hw;
        }
    }

    /** diffSrc[n, c, h, w] = diffDst[n, c] / (H * W). */
    static void globalBackward(Operands a) {
        double[] diffSrc = a.out(0);
        int hw = diffSrc.length / a.in(0).length;
        for (int i = 0; i < diffSrc.length; i++) {
            diffSrc[i] = a.in(0)[i / hw] / hw;
        }
    }
}
