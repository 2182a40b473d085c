package org.resnet4j.image.turbojpeg;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;

/**
 * Every C function that is bound, with its signature in letters: p pointer, i int, l {@code unsigned long} (64 bits on the systems
 * that are looked for); the result first. libjpeg-turbo 2.1, {@code turbojpeg.h}.
 */
enum Function {
    INIT_DECOMPRESS("tjInitDecompress", "p"),
    DECOMPRESS_HEADER("tjDecompressHeader3", "ipplpppp"),
    DECOMPRESS("tjDecompress2", "ipplpiiiii"),
    GET_ERROR_STRING("tjGetErrorStr2", "pp"),
    GET_ERROR_CODE("tjGetErrorCode", "ip"),
    DESTROY("tjDestroy", "ip"),
    /** From 3.0 on only. */
    SET("tj3Set", "ipii");

    private final String symbol;
    private final String signature;

    Function(String symbol, String signature) {
        this.symbol = symbol;
        this.signature = signature;
    }

    String symbol() {
        return symbol;
    }

    /** Whether a library without it is used all the same. */
    boolean optional() {
        return this == SET;
    }

    FunctionDescriptor descriptor() {
        MemoryLayout[] arguments = new MemoryLayout[signature.length() - 1];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = layout(signature.charAt(i + 1));
        }
        return FunctionDescriptor.of(layout(signature.charAt(0)), arguments);
    }

    private static MemoryLayout layout(char letter) {
        return switch (letter) {
            case 'p' -> ValueLayout.ADDRESS;
            case 'i' -> ValueLayout.JAVA_INT;
            case 'l' -> ValueLayout.JAVA_LONG;
            default -> throw new IllegalArgumentException("no type is written " + letter);
        };
    }
}
