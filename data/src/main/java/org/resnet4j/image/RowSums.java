package org.resnet4j.image;

import java.util.concurrent.atomic.AtomicInteger;

/** Weighted sums of neighbouring pixels of a row, the inner loop of {@link Resize}: in plain Java or by the JDK's vector module. */
interface RowSums {
    /** In plain Java. */
    RowSums PLAIN = RowSums::plain;

    /**
     * Sums of {@code taps} pixels each, in fixed point with {@link Resize#HALF} added.
     *
     * @param rgb of the picture
     * @param from index of the row's first byte
     * @param first pixel of each sum, ascending
     * @param weights of the pixels of each sum, one sum after the other
     * @param sums three for each of {@code first}
     */
    void across(byte[] rgb, int from, int[] first, int[] weights, int taps, int[] sums);

    /** What suits now. */
    static RowSums next() {
        return Choice.next();
    }

    /** Vectors are slow until they are compiled, which a program of a few pictures does not live to see: half a second in all. */
    final class Choice {
        private static final int PLAIN_PICTURES = 1000;
        private static final boolean VECTORS =
                ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

        // How warm a process is, is the process's.
        private static final AtomicInteger DONE = new AtomicInteger();

        private Choice() {}

        private static RowSums next() {
            if (!VECTORS || (DONE.get() < PLAIN_PICTURES && DONE.getAndIncrement() < PLAIN_PICTURES)) {
                return PLAIN;
            }
            return VectorRowSums.INSTANCE;
        }
    }

    private static void plain(byte[] rgb, int from, int[] first, int[] weights, int taps, int[] sums) {
        int v = 0;
        for (int x = 0; x < first.length; x++) {
            int p = from + first[x] * 3;
            int r = Resize.HALF;
            int g = Resize.HALF;
            int b = Resize.HALF;
            for (int k = 0; k < taps; k++) {
                int weight = weights[v + k];
                r += (rgb[p] & 0xff) * weight;
                g += (rgb[p + 1] & 0xff) * weight;
                b += (rgb[p + 2] & 0xff) * weight;
                p += 3;
            }
            sums[3 * x] = r;
            sums[3 * x + 1] = g;
            sums[3 * x + 2] = b;
            v += taps;
        }
    }
}
