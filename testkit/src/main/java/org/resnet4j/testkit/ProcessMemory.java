package org.resnet4j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the system counts of this process, on Linux; bytes. Read from {@code /proc/self}. Stateless. */
public final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessMemory() {}

    /** True where the others can be asked. */
    public static boolean isKnown() {
        return Files.isReadable(STATUS);
    }

    /** Resident now. */
    public static long resident() throws IOException {
        return kilobytes("VmRSS:") * 1024;
    }

    /** The most that was resident since the start. */
    public static long peakResident() throws IOException {
        return kilobytes("VmHWM:") * 1024;
    }

    /** Threads now, the virtual machine's own included. */
    public static long threads() throws IOException {
        return kilobytes("Threads:");
    }

    /** Open files now. */
    public static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    /** What a line of results says of the machine: processor, its threads and the Java that ran. */
    public static String machine() throws IOException {
        String cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(l -> l.startsWith("model name"))
                .map(l -> l.substring(l.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown processor");
        return cpu + ", " + Runtime.getRuntime().availableProcessors() + " threads, Java " + Runtime.version();
    }

    private static long kilobytes(String field) throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(l -> l.startsWith(field))
                .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow(() -> new IOException(STATUS + " has no " + field));
    }
}
