package org.resnet4j.engine.onednn;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.resnet4j.onednn.Onednn;

/**
 * The compute threads of this process with teams of one size: as many as there are runs at the same time. Sessions share them,
 * because OpenMP's threads stop waiting actively for the next primitive as soon as all teams together have more threads than
 * there are processors. Any thread of the right size can run what another one made. Thread-safe; threads are daemons and stay.
 */
final class ComputeThreads {
    private static final Map<Integer, ComputeThreads> BY_SIZE = new ConcurrentHashMap<>();

    private final Onednn onednn;
    private final int size;
    private final ArrayDeque<ComputeThread> idle = new ArrayDeque<>();

    private ComputeThreads(Onednn onednn, int size) {
        this.onednn = onednn;
        this.size = size;
    }

    static ComputeThreads of(Onednn onednn, int size) {
        return BY_SIZE.computeIfAbsent(size, n -> new ComputeThreads(onednn, n));
    }

    /** Runs {@code task} on an idle thread, a new one if there is none, and waits; what it throws is thrown here. */
    void run(ComputeThread.Task task) {
        ComputeThread thread = take();
        try {
            thread.run(task);
        } finally {
            giveBack(thread);
        }
    }

    private synchronized ComputeThread take() {
        ComputeThread last = idle.pollFirst();
        return last != null ? last : new ComputeThread("onednn-" + size, onednn, size);
    }

    private synchronized void giveBack(ComputeThread thread) {
        idle.addFirst(thread);
    }
}
