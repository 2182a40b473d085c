package org.resnet4j.check;

/** A graph that breaks a rule of structure: a value used before it is made, made twice, or of another type than inferred. */
public final class GraphException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message graph and node, expected, found
     */
    public GraphException(String message) {
        super(message);
    }
}
