package org.resnet4j.weights;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Opens what a reader is given. A pipe would be waited for and a device has no end, so neither is opened. Stateless. */
public final class RegularFile {
    private RegularFile() {}

    /**
     * A channel at the file's first byte, for reading; the caller closes it.
     *
     * @throws WeightsException if there is something else of this name
     */
    public static FileChannel open(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new WeightsException(file + ": a file is read, found a folder, a pipe or a device");
        }
        return FileChannel.open(file, StandardOpenOption.READ);
    }
}
