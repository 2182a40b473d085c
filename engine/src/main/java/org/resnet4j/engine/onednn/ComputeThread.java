package org.resnet4j.engine.onednn;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.Onednn;
import org.resnet4j.onednn.Team;

/**
 * A platform thread that owns an OpenMP team: everything that oneDNN does is called from such a thread, since each calling thread
 * has a team of its own. One caller at a time, which {@link ComputeThreads} sees to; a call returns when the work is done and
 * allocates nothing. Lives as long as the process.
 */
final class ComputeThread {
    /** Something to do on a compute thread, with that thread's team at hand. */
    @FunctionalInterface
    interface Task {
        void run(Team team);
    }

    private final Thread thread;
    private volatile @Nullable Task work;
    private volatile @Nullable Thread caller;
    private volatile @Nullable Throwable failure;

    ComputeThread(String name, Onednn onednn, int threads) {
        thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> loop(onednn, threads));
        thread.start();
    }

    /** Runs {@code task} there and waits; what it throws is thrown here. */
    void run(Task task) {
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
        Team team = Team.ofCallingThread(onednn);
        while (true) {
            Task task = work;
            if (task == null) {
                LockSupport.park(this);
                continue;
            }
            try {
                task.run(team);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            Thread waiting = caller;
            work = null;
            LockSupport.unpark(waiting);
        }
    }
}
