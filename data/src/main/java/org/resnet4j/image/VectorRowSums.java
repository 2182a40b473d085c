package org.resnet4j.image;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** A pixel in three lanes of four. Loaded only where the vector module is. Stateless. */
final class VectorRowSums implements RowSums {
    static final RowSums INSTANCE = new VectorRowSums();

    /** What one load takes, of which a pixel is the beginning. */
    private static final int LOADED = 8;

    private VectorRowSums() {}

    @Override
    public void across(byte[] rgb, int from, int[] first, int[] weights, int taps, int[] sums) {
        int last = first.length - 1;
        if (from + (first[last] + taps - 1) * 3 > rgb.length - LOADED) {
            PLAIN.across(rgb, from, first, weights, taps, sums); // a load would pass the picture's end
            return;
        }
        IntVector half = IntVector.broadcast(IntVector.SPECIES_128, Resize.HALF);
        int at = 0;
        for (int x = 0; x < last; x++) {
            int p = from + first[x] * 3;
            IntVector sum = half;
            for (int k = 0; k < taps; k++) {
                IntVector pixel = (IntVector) ByteVector.fromArray(ByteVector.SPECIES_64, rgb, p)
                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, IntVector.SPECIES_128, 0);
                sum = pixel.mul(weights[at + k]).add(sum);
                p += 3;
            }
            sum.intoArray(sums, 3 * x); // and one more, which the next replaces
            at += taps;
        }
        for (int c = 0; c < 3; c++) {
            int sum = Resize.HALF;
            for (int k = 0; k < taps; k++) {
                sum += (rgb[from + (first[last] + k) * 3 + c] & 0xff) * weights[at + k];
            }
            sums[3 * last + c] = sum;
        }
    }
}
