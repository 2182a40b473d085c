package org.resnet4j.onednn;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.resnet4j.onednn.ffi.Function;
import org.resnet4j.onednn.ffi.Library;

/**
 * The address of a native object and the one right to destroy it. Closing twice is harmless, from two threads too; using after
 * close is an error.
 */
final class Handle implements AutoCloseable {
    private final Library library;
    private final Function destroy;
    private final MemorySegment address;
    private final AtomicBoolean closed = new AtomicBoolean();

    Handle(Library library, Function destroy, MemorySegment address) {
        this.library = library;
        this.destroy = destroy;
        this.address = address;
        LiveHandles.created();
    }

    MemorySegment address() {
        if (closed.get()) {
            throw new IllegalStateException(destroy.symbol().replace("_destroy", "") + " was closed before this use");
        }
        return address;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            LiveHandles.destroyed();
            library.check(destroy, address);
        }
    }
}
