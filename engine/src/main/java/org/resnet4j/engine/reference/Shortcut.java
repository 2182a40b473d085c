package org.resnet4j.engine.reference;

import java.util.Arrays;
import org.resnet4j.graph.Op;
import org.resnet4j.tensor.Shape;

/**
 * The shortcut without parameters: dst[n, before + c, y, x] = src[n, c, stride * y, stride * x], and 0 in the other channels.
 *
 * <p>Source: He et al. 2016, section 3.3, option A.
 */
final class Shortcut {
    private Shortcut() {}

    /** A source pixel and the pixel of the shortcut that it goes to. */
    private interface Visit {
        void pixel(int src, int dst);
    }

    private static void eachPixel(Op.PadShortcut op, Shape src, Shape dst, Visit visit) {
        int ih = src.intDim(2);
        int iw = src.intDim(3);
        int oh = dst.intDim(2);
        int ow = dst.intDim(3);
        for (int n = 0; n < src.intDim(0); n++) {
            for (int c = 0; c < src.intDim(1); c++) {
                for (int y = 0; y < oh; y++) {
                    for (int x = 0; x < ow; x++) {
                        int from = ((n * src.intDim(1) + c) * ih + y * op.stride()) * iw + x * op.stride();
                        int to = ((n * dst.intDim(1) + op.before() + c) * oh + y) * ow + x;
                        visit.pixel(from, to);
                    }
                }
            }
        }
    }

    static void forward(Op.PadShortcut op, Operands a) {
        double[] src = a.in(0);
        double[] dst = a.out(0);
        Arrays.fill(dst, 0);
        eachPixel(op, a.inShape(0), a.outShape(0), (from, to) -> dst[to] = src[from]);
    }

    static void backward(Op.PadShortcut op, Operands a) {
        double[] diffDst = a.in(0);
        double[] diffSrc = a.out(0);
        Arrays.fill(diffSrc, 0);
        eachPixel(op, a.outShape(0), a.inShape(0), (from, to) -> diffSrc[from] = diffDst[to]);
    }
}
