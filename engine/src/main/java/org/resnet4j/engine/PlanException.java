package org.resnet4j.engine;

/** A graph that a backend cannot run: graph, node, what was asked, what is missing. */
public final class PlanException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message graph, node, asked, found
     */
    public PlanException(String message) {
        super(message);
    }
}
