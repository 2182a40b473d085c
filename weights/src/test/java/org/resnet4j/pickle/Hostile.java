package org.resnet4j.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.resnet4j.testkit.PickleWriter;
import org.resnet4j.testkit.TorchFiles;
import org.resnet4j.weights.Limits;

/** Reads hostile files and counts what that allocates. */
final class Hostile {
    /** All that a refusal may allocate on the heap, garbage included; what is alive at one time is less than half of it. */
    private static final long MOST_ALLOCATED = 160L << 20;

    private Hostile() {}

    /** Checks that a file is refused with a message that names it and holds every part. */
    static void refused(Path folder, byte[] bytes, String... parts) throws IOException {
        Path file = Files.write(folder.resolve("x.pth"), bytes);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Throwable thrown =
                catchThrowable(() -> TorchFile.read(file, Limits.DEFAULT).close());
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(thrown).isInstanceOf(IOException.class).message().contains("x.pth");
        List.of(parts).forEach(part -> assertThat(thrown).hasMessageContaining(part));
        assertThat(allocated).as("bytes allocated").isLessThan(MOST_ALLOCATED);
    }

    /** Checks that a pickle is refused in the zip layout and in the legacy one. */
    static void refusedInBoth(Path folder, byte[] pickle, String... parts) throws IOException {
        refused(folder, TorchFiles.zip(pickle, Map.of()), parts);
        refused(
                folder,
                new PickleWriter().raw(TorchFiles.legacyStart()).raw(pickle).toBytes(),
                parts);
    }
}
