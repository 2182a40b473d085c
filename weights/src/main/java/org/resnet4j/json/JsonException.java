package org.resnet4j.json;

import java.io.IOException;

/** A document that is not well-formed JSON within the limits, or not of the expected form. */
public final class JsonException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public JsonException(String message) {
        super(message);
    }
}
