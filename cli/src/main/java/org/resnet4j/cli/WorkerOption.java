package org.resnet4j.cli;

import picocli.CommandLine.Option;

/** How many threads make batches. */
final class WorkerOption {
    @Option(
            names = {"-j", "--workers"},
            defaultValue = "1",
            paramLabel = "N",
            description = "Loader threads; default ${DEFAULT-VALUE}.")
    private int workers;

    int count() {
        return workers;
    }
}
