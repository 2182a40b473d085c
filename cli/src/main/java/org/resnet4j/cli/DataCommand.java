package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.download.Cifar10Download;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches and checks data. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description = "Fetches and checks data.",
        subcommands = {DataCommand.Get.class, DataCheckCommand.class, HelpCommand.class},
        footer = {"", "Examples:", "  resnet data get cifar10", "  resnet data check DIR"})
final class DataCommand {
    /** Fetches a data set, verified by its published hashes. */
    @Command(
            name = "get",
            description = "Fetches CIFAR-10 and verifies it by its published MD5s; goes on where it was cut off.",
            footer = {"", "Example:", "  resnet data get cifar10"})
    static final class Get extends Surrounded {
        @Parameters(index = "0", paramLabel = "NAME", description = "cifar10")
        @SuppressWarnings("NullAway.Init") // required
        private String name;

        @Option(names = "--to", paramLabel = "DIR", description = "Where to; default: this program's folder.")
        private @Nullable Path to;

        @Option(
                names = "--base-url",
                paramLabel = "URL",
                description = "Where the archive lies; default: its author's server.")
        private @Nullable String base;

        Get(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() throws IOException {
            if (!name.equals("cifar10")) {
                throw new IllegalArgumentException("cifar10 can be fetched, found " + name);
            }
            Path folder = to == null ? surroundings.cifar10() : to;
            Cifar10Download download = base == null ? Cifar10Download.fromAuthor() : Cifar10Download.from(base);
            download.get(folder, message -> {
                err().println(message);
                err().flush();
            });
            out().println(folder);
            return 0;
        }
    }
}
