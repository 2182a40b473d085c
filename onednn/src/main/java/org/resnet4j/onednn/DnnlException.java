package org.resnet4j.onednn;

/** A oneDNN call that failed: the function, its status by name, its arguments. */
public final class DnnlException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private static final String[] NAMES = {
        "success",
        "out_of_memory",
        "invalid_arguments",
        "unimplemented",
        "last_impl_reached",
        "runtime_error",
        "not_required",
        "invalid_graph",
        "invalid_graph_op",
        "invalid_shape",
        "invalid_data_type"
    };

    private final int status;

    /**
     * Makes the exception.
     *
     * @param call the C function
     * @param status what it returned, a {@code dnnl_status_t}
     * @param arguments what it was given
     */
    public DnnlException(String call, int status, String arguments) {
        super(call + " returned " + (status >= 0 && status < NAMES.length ? NAMES[status] : "status " + status)
                + "; arguments " + arguments);
        this.status = status;
    }

    /** True if oneDNN has no implementation for what was asked. */
    public boolean isUnimplemented() {
        return status == 3;
    }
}
