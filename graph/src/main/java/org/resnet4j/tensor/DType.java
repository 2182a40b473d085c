package org.resnet4j.tensor;

import java.util.Locale;

/**
 * Element type of a tensor.
 *
 * <p>The names are those of oneDNN ({@code dnnl_f32}, ...) and, in lower case, of the printed graph.
 */
public enum DType {
    /** IEEE 754 binary64; only the reference backend computes in it. */
    F64(8),
    /** IEEE 754 binary32. */
    F32(4),
    /** Upper half of a binary32. */
    BF16(2),
    /** IEEE 754 binary16; a storage type of weight files. */
    F16(2),
    /** Signed 64-bit integer; a storage type of weight files (step counters). */
    S64(8),
    /** Signed 32-bit integer; class indices. */
    S32(4),
    /** Signed 8-bit integer. */
    S8(1),
    /** Unsigned 8-bit integer; pixels, masks and opaque workspaces. */
    U8(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** True for F64, F32, BF16 and F16. */
    public boolean isFloating() {
        return switch (this) {
            case F64, F32, BF16, F16 -> true;
            case S64, S32, S8, U8 -> false;
        };
    }

    /** The name in lower case, as printed: {@code f32}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
