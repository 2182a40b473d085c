package org.resnet4j.trainer;

import java.io.IOException;

/** A run folder that cannot be used as asked: which, what was found, what to do. */
public final class RunException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public RunException(String message) {
        super(message);
    }
}
