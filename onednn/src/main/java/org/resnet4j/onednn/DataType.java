package org.resnet4j.onednn;

/** Element types; {@code dnnl_data_type_t}. */
public enum DataType {
    /** 16-bit float. */
    F16(1, 2),
    /** The upper half of a 32-bit float. */
    BF16(2, 2),
    /** 32-bit float. */
    F32(3, 4),
    /** 32-bit signed integer. */
    S32(4, 4),
    /** 8-bit signed integer. */
    S8(5, 1),
    /** 8-bit unsigned integer. */
    U8(6, 1),
    /** 64-bit float. */
    F64(7, 8);

    final int code;
    private final int bytes;

    DataType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    static DataType of(int code) {
        for (DataType t : values()) {
            if (t.code == code) {
                return t;
            }
        }
        throw new IllegalArgumentException("no data type has code " + code);
    }
}
