package org.resnet4j.pass;

import java.util.Arrays;
import java.util.Locale;

/** What a network is computed in; its parameters are F32 whatever it is. */
public enum Precision {
    /** 32-bit floats. */
    FP32,
    /** Pictures and weights rounded to BF16, sums in F32: {@link Pass#COMPUTE_IN_BF16}. */
    BF16,
    /** Convolutions of bytes, inference only: {@link Quantization}. */
    INT8;

    /**
     * The precision of this name in any case; {@code float32}, {@code bfloat16} and {@code amp} are taken too.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Precision of(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "fp32", "float32" -> FP32;
            case "bf16", "bfloat16", "amp" -> BF16;
            case "int8" -> INT8;
            default ->
                throw new IllegalArgumentException(
                        "a precision is one of " + Arrays.toString(values()) + ", found " + name);
        };
    }

    /** In lower case, as options and files have it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
