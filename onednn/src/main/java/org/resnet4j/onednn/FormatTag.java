package org.resnet4j.onednn;

/** Orders of dimensions in memory, outermost first; {@code dnnl_format_tag_t}. */
public enum FormatTag {
    /** For the primitive to choose. */
    ANY(1),
    /** A vector. */
    A(2),
    /** A row-major matrix. */
    AB(3),
    /** Row-major matrices, [B, M, N]. */
    ABC(4),
    /** Pictures channels-first, [N, C, H, W]; weights [O, I, H, W]. */
    ABCD(5),
    /** Weights in groups, [G, O, I, H, W]. */
    ABCDE(6),
    /** A column-major matrix. */
    BA(14),
    /** Column-major matrices, [B, M, N]. */
    ACB(15),
    /** Pictures channels-last. */
    ACDB(22),
    /** Weights [O, I, H, W] with the output channels of a pixel together: H, W, I, O. */
    CDBA(28);

    final int code;

    FormatTag(int code) {
        this.code = code;
    }

    /** The row-major tag of a rank from 1 to 5. */
    public static FormatTag plain(int rank) {
        return switch (rank) {
            case 1 -> A;
            case 2 -> AB;
            case 3 -> ABC;
            case 4 -> ABCD;
            case 5 -> ABCDE;
            default -> throw new IllegalArgumentException("no plain format for rank " + rank);
        };
    }
}
