package org.resnet4j.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much native memory training may take. */
final class MemoryOption {
    @Option(
            names = "--max-memory",
            paramLabel = "BYTES",
            description = "Refuse to allocate more natively; 4G, 512M or a number.")
    private @Nullable String most;

    /** All there is where nothing was said. */
    long bytes() {
        return Limits.bytes(most);
    }
}
