package org.resnet4j.engine.onednn;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.Onednn;

/**
 * A platform thread that owns an OpenMP team: everything that oneDNN does for one session is called from here, since each
 * calling thread has a team of its own. Callers queue; a call returns when the work is done and allocates nothing.
 */
final class ComputeThread implements AutoCloseable {
    private final Thread thread;
    private final Object queue = new Object();
    private volatile @Nullable Runnable work;
    private volatile @Nullable Thread caller;
    private volatile @Nullable Throwable failure;
    private volatile boolean closed;

    ComputeThread(String name, Onednn onednn, int threads) {
        thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> loop(onednn, threads));
        thread.start();
    }

    /** Runs {@code task} there and waits; what it throws is thrown here. */
    void run(Runnable task) {
        synchronized (queue) {
            if (closed) {
                throw new IllegalStateException("the session is closed");
            }
            failure = null;
            caller = Thread.currentThread();
            work = task;
            LockSupport.unpark(thread);
            // An interrupt must not let the caller go while native code writes to its memory; it stays pending.
            boolean interrupted = false;
            while (work != null) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            rethrow(failure);
        }
    }

    private static void rethrow(@Nullable Throwable t) {
        switch (t) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(t);
        }
    }

    private void loop(Onednn onednn, int threads) {
        onednn.setThreads(threads);
        while (!closed) {
            Runnable task = work;
            if (task == null) {
                LockSupport.park(this);
                continue;
            }
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            Thread waiting = caller;
            work = null;
            LockSupport.unpark(waiting);
        }
    }

    /** Ends the thread once its current work is done. */
    @Override
    public void close() {
        synchronized (queue) {
            closed = true;
            LockSupport.unpark(thread);
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
