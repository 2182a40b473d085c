package org.resnet4j.onednn;

import java.util.concurrent.atomic.AtomicLong;

/** How many native objects are alive: creations minus destructions in this process. A program that closes all is at its start value. */
public final class LiveHandles {
    private static final AtomicLong COUNT = new AtomicLong();

    private LiveHandles() {}

    /** Objects created and not yet destroyed. */
    public static long count() {
        return COUNT.get();
    }

    static void created() {
        COUNT.incrementAndGet();
    }

    static void destroyed() {
        COUNT.decrementAndGet();
    }
}
