package org.resnet4j.image;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/** Test data from outside, how pictures are compared with it, and what reading them took. */
final class Golden {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final Path ROOT =
            Path.of(Objects.requireNonNullElse(System.getenv("RESNET4J_DATA"), "../../shared/data"));

    private Golden() {}

    /** A folder or file of the test data; the test is skipped, saying so, where it is absent. */
    static Path require(String path) {
        Path found = ROOT.resolve(path);
        Assumptions.assumeTrue(Files.exists(found), () -> found + " is absent: set RESNET4J_DATA");
        return found;
    }

    /** Time that this thread has computed, whatever else the machine does. */
    static long cpuNanos() {
        return THREADS.getCurrentThreadCpuTime();
    }

    /** Bytes of the heap that this thread has taken, freed or not. */
    static long allocatedBytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    static String sha256(Image image) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image.rgb()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
