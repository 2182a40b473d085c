package org.resnet4j.onednn;

/** Orders of dimensions in memory, outermost first; {@code dnnl_format_tag_t}. */
public enum FormatTag {
    /** For the primitive to choose. */
    ANY(1),
    /** A vector. */
    A(2),
    /** A row-major matrix. */
    AB(3),
    /** Pictures channels-first, [N, C, H, W]; weights [O, I, H, W]. */
    ABCD(5),
    /** Weights in groups, [G, O, I, H, W]. */
    ABCDE(6),
    /** A column-major matrix. */
    BA(14),
    /** Pictures channels-last. */
    ACDB(22);

    final int code;

    FormatTag(int code) {
        this.code = code;
    }

    /** The row-major tag of a rank from 1 to 5 (3 has none here). */
    public static FormatTag plain(int rank) {
        return switch (rank) {
            case 1 -> A;
            case 2 -> AB;
            case 4 -> ABCD;
            case 5 -> ABCDE;
            default -> throw new IllegalArgumentException("no plain format for rank " + rank);
        };
    }
}
