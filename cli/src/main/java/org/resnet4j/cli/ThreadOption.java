package org.resnet4j.cli;

import org.resnet4j.engine.onednn.OnednnBackend;
import picocli.CommandLine.Option;

/** How many threads compute. */
final class ThreadOption {
    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "OpenMP threads; default: one a processor.")
    private int threads;

    /** The fast backend with so many. */
    OnednnBackend backend(Surroundings surroundings) {
        return surroundings.backend(threads);
    }
}
