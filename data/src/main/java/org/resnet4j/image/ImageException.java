package org.resnet4j.image;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A picture that cannot be read: which, why. */
public final class ImageException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public ImageException(String message) {
        super(message);
    }

    /** Makes the exception with what led to it. */
    public ImageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
