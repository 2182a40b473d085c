package org.resnet4j.tensor;

/** Numbers with the exponent of a 32-bit float and 8 bits of precision: its upper half. Stateless. */
public final class BFloat16 {
    /** Largest relative error of {@link #round} on normal numbers: half a unit of the last of 8 bits. */
    public static final double UNIT = 1.0 / (1 << 8);

    private BFloat16() {}

    /** The nearest such number, of two equally near ones the even one, as processors round; a NaN stays one. */
    public static float round(float x) {
        if (Float.isNaN(x)) {
            return x;
        }
        int bits = Float.floatToRawIntBits(x);
        int even = (bits >>> 16) & 1;
        return Float.intBitsToFloat((bits + 0x7fff + even) & 0xffff0000);
    }
}
