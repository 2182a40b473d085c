package org.resnet4j.checkpoint;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A checkpoint that cannot be written or read: where, what was found, what to do. */
public final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public CheckpointException(String message) {
        super(message);
    }

    /** Makes the exception with what led to it. */
    public CheckpointException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
