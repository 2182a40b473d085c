package org.resnet4j.engine;

/** A session whose memory the system does not give: which graph, how many bytes, what to do. The process can go on. */
public final class OutOfNativeMemoryException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param plan whose session was to be opened
     * @param cause what the virtual machine said
     */
    public OutOfNativeMemoryException(Plan plan, OutOfMemoryError cause) {
        super(
                plan.graph().name() + ": a session takes " + plan.peakBytes()
                        + " bytes of native memory, and the system does not give them (" + cause.getMessage()
                        + "); take a smaller batch, or raise the limit of the process or its container",
                cause);
    }
}
