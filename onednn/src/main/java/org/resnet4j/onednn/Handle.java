package org.resnet4j.onednn;

import java.lang.foreign.MemorySegment;
import org.resnet4j.onednn.ffi.Function;
import org.resnet4j.onednn.ffi.Library;

/** The address of a native object and the one right to destroy it. Closing twice is harmless; using after close is an error. */
final class Handle implements AutoCloseable {
    private final Library library;
    private final Function destroy;
    private final MemorySegment address;
    private boolean closed;

    Handle(Library library, Function destroy, MemorySegment address) {
        this.library = library;
        this.destroy = destroy;
        this.address = address;
        LiveHandles.created();
    }

    MemorySegment address() {
        if (closed) {
            throw new IllegalStateException(destroy.symbol().replace("_destroy", "") + " was closed before this use");
        }
        return address;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LiveHandles.destroyed();
            library.check(destroy, address);
        }
    }
}
