package org.resnet4j.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.resnet4j.onednn.ffi.Function;
import org.resnet4j.onednn.ffi.Library;

/**
 * A primitive with its memory arguments, ready to run again and again: one native call a run, nothing allocated.
 *
 * <p>Owns the primitive, its stream and its memory objects, not the memory itself, which must stay alive until close: a run
 * after its arena was closed is refused. Run by one thread at a time; the calling thread's OpenMP team does the work. A second
 * run, or a close, from another thread while one is under way is an {@link IllegalStateException} and changes nothing.
 */
public final class Execution implements AutoCloseable {
    static final int STREAM_DEFAULT = 1;
    private static final long ARG_BYTES = 16; // dnnl_exec_arg_t: int32 arg, padding, pointer

    /**
     * One memory argument.
     *
     * @param arg its role
     * @param layout how the primitive sees it
     * @param memory native and at least {@code layout.bytes()} long
     */
    public record Argument(Arg arg, MemoryDesc layout, MemorySegment memory) {
        /** Checks the memory before any native code sees it. */
        public Argument {
            if (!memory.isNative() || memory.byteSize() < layout.bytes()) {
                throw new IllegalArgumentException(
                        arg.name() + " " + layout + " needs native memory of " + layout.bytes() + " bytes, found "
                                + memory.byteSize() + (memory.isNative() ? "" : " on the heap"));
            }
        }
    }

    private final Library library;
    private final Arena arena = Arena.ofShared();
    private final List<Handle> handles = new ArrayList<>();
    private final MemorySegment primitive;
    private final MemorySegment stream;
    private final MemorySegment arguments;
    private final int count;
    private final MemorySegment.Scope[] scopes; // of the operands, each once
    private final AtomicReference<State> state = new AtomicReference<>(State.READY);

    private enum State {
        READY,
        RUNNING,
        CLOSED
    }

    /**
     * Creates the primitive and binds its arguments; compiles the kernel on the calling thread.
     *
     * @param scratchpad temporary memory, at least {@link PrimitiveDesc#scratchpadBytes} long; may be shared with others that
     *     do not run at the same time
     */
    public Execution(Onednn onednn, PrimitiveDesc desc, List<Argument> operands, MemorySegment scratchpad) {
        this.library = onednn.library();
        this.count = operands.size() + (desc.scratchpadBytes() > 0 ? 1 : 0);
        this.scopes = Stream.concat(operands.stream().map(Argument::memory), Stream.of(scratchpad))
                .map(MemorySegment::scope)
                .distinct()
                .toArray(MemorySegment.Scope[]::new);
        arguments = arena.allocate(ARG_BYTES * Math.max(1, count), Long.BYTES);
        try {
            primitive = own(Function.PRIMITIVE_DESTROY, library.create(Function.PRIMITIVE_CREATE, desc.address()));
            stream = own(
                    Function.STREAM_DESTROY, library.create(Function.STREAM_CREATE, onednn.engine(), STREAM_DEFAULT));
            for (int i = 0; i < operands.size(); i++) {
                bind(onednn, i, operands.get(i));
            }
            if (desc.scratchpadBytes() > 0) {
                try (MemoryDesc layout = desc.memoryDesc(PrimitiveDesc.Query.SCRATCHPAD)) {
                    bind(onednn, count - 1, new Argument(Arg.SCRATCHPAD, layout, scratchpad));
                }
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void bind(Onednn onednn, int index, Argument a) {
        MemorySegment memory = own(
                Function.MEMORY_DESTROY,
                library.create(Function.MEMORY_CREATE, a.layout().address(), onednn.engine(), a.memory()));
        arguments.set(ValueLayout.JAVA_INT, index * ARG_BYTES, a.arg().code());
        arguments.set(ValueLayout.ADDRESS, index * ARG_BYTES + Long.BYTES, memory);
    }

    private MemorySegment own(Function destroy, MemorySegment address) {
        handles.add(new Handle(library, destroy, address));
        return address;
    }

    /**
     * Runs the primitive to its end.
     *
     * @throws IllegalStateException if it was closed, is being run by another thread, or memory that it uses was freed
     */
    public void run() {
        if (!state.compareAndSet(State.READY, State.RUNNING)) {
            throw new IllegalStateException(
                    state.get() == State.CLOSED
                            ? "a primitive was run after it was closed"
                            : "a primitive was run by two threads at once");
        }
        try {
            for (MemorySegment.Scope scope : scopes) {
                if (!scope.isAlive()) {
                    throw new IllegalStateException("a primitive was run after the arena of its memory was closed");
                }
            }
            int status = library.execute(primitive, stream, count, arguments);
            if (status != 0) {
                throw new DnnlException(
                        "dnnl_primitive_execute", status, Arrays.toString(new Object[] {primitive, count}));
            }
        } finally {
            state.set(State.READY);
        }
    }

    @Override
    public void close() {
        if (state.compareAndSet(State.READY, State.CLOSED)) {
            handles.reversed().forEach(Handle::close);
            arena.close();
        } else if (state.get() != State.CLOSED) {
            throw new IllegalStateException("a primitive was closed while another thread runs it");
        }
    }
}
