package org.resnet4j.dataset;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Data that cannot be used: where, what was expected, what was found, what to do. */
public final class DataException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public DataException(String message) {
        super(message);
    }

    /** Makes the exception with what led to it. */
    public DataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
