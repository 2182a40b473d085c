package org.resnet4j.onednn;

import org.jspecify.annotations.Nullable;

/** The native library cannot be had: what is missing or wrong, and what to do. */
public final class NativeLibraryException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public NativeLibraryException(String message) {
        super(message);
    }

    /** Makes the exception with what led to it. */
    public NativeLibraryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
