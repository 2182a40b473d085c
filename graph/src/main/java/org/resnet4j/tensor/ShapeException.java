package org.resnet4j.tensor;

/**
 * A shape that cannot be: a bad dimension, a size that overflows, or operands that do not fit an operation.
 *
 * <p>The message says where, what was asked and what was found.
 */
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message where, expected, found
     */
    public ShapeException(String message) {
        super(message);
    }
}
