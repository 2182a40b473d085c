package org.resnet4j.fuzz;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.resnet4j.weights.Limits;

/** What every target asks of a reader: a value or an {@code IOException} that says why, in a second of the processor's time. */
public final class Target {
    /** Small, so that a fuzzer of a gigabyte of heap finds what swells. */
    static final Limits LIMITS = new Limits(1 << 20, 1000, 12, 16 << 20, 20_000);

    /** For how long one target is fuzzed. */
    public static final String DURATION = "10m";

    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Target() {}

    /** What is fuzzed. */
    @FunctionalInterface
    public interface Reader {
        /** Reads, and drops what was read. */
        void read() throws IOException;
    }

    /** Runs a reader; anything but a value or a refusal with a reason, and a second of time, is a finding. */
    public static void run(Reader reader) {
        // Classes are loaded and instrumented in the first run.
        if (nanos(reader) > MOST_NANOS) {
            long nanos = nanos(reader);
            if (nanos > MOST_NANOS) {
                throw new AssertionError("reading takes " + nanos / 1_000_000 + " ms");
            }
        }
    }

    private static long nanos(Reader reader) {
        long begin = THREADS.getCurrentThreadCpuTime();
        try {
            reader.read();
        } catch (IOException refused) {
            if (String.valueOf(refused.getMessage()).isBlank()) {
                throw new AssertionError("a refusal must say why", refused);
            }
            if (refused.getCause() instanceof OutOfMemoryError) {
                throw new AssertionError("limits must hold before memory is taken", refused);
            }
        }
        return THREADS.getCurrentThreadCpuTime() - begin;
    }
}
