package org.resnet4j.onednn;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.ffi.Library;

/**
 * The OpenMP team of one calling thread, for loops in Java between primitives: they run on the very threads that primitives
 * run on, so that none waits actively while another one needs its processor. Primitives executed by a member use that member
 * alone.
 *
 * <p>Made and used by the thread that owns the team. Its native callback stays for the life of the process, so make one a
 * thread, not one a loop. {@code GOMP_parallel} of libgomp.
 */
public final class Team {
    private static final MethodHandle ENTER;

    static {
        try {
            ENTER = MethodHandles.lookup()
                    .findVirtual(Team.class, "enter", MethodType.methodType(void.class, MemorySegment.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What every member does. */
    @FunctionalInterface
    public interface Work {
        /** Does {@code member}'s part; the results must not depend on how the members share the work. */
        void run(int member, int members);
    }

    private final Library library;
    private final int members;
    private final MemorySegment callback;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile @Nullable Work work;

    private Team(Library library, int members) {
        this.library = library;
        this.members = members;
        this.callback = Library.callback(ENTER.bindTo(this));
    }

    /** The calling thread's team, of as many threads as {@link Onednn#setThreads} gave it. */
    public static Team ofCallingThread(Onednn onednn) {
        return new Team(onednn.library(), onednn.threads());
    }

    /** How many threads there are, the calling one included. */
    public int members() {
        return members;
    }

    /** Runs {@code each} on every member and waits for all; what the first to fail throws is thrown here. Allocates nothing. */
    public void run(Work each) {
        if (members == 1) {
            each.run(0, 1);
            return;
        }
        work = each;
        library.parallel(callback, members);
        work = null;
        Throwable thrown = failure.getAndSet(null);
        switch (thrown) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(thrown);
        }
    }

    /** Called from C on each thread of the team: nothing may be thrown through that. */
    @SuppressWarnings({"unused", "PMD.UnusedPrivateMethod"}) // by ENTER
    private void enter(MemorySegment ignored) {
        try {
            Work now = work;
            if (now != null) {
                now.run(library.threadNumber(), members);
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }
}
