package org.resnet4j.weights;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file of weights that cannot be read: where, what was expected, what was found, what to do. */
public class WeightsException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public WeightsException(String message) {
        super(message);
    }

    /** Makes the exception with what led to it. */
    public WeightsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
