package org.resnet4j.checkpoint;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Makes folders so that one stands under its name only when all of it is there. Until then it has a hidden name beside, drawn at
 * random, so that nothing of anybody's is in its way. Stateless.
 */
public final class AtomicFolder {
    private static final String MADE = ".resnet4j-";

    /** Fills a folder. */
    public interface Content {
        /** Writes all of it into {@code folder}, which is empty. */
        void writeTo(Path folder) throws IOException;
    }

    private AtomicFolder() {}

    /**
     * Makes a folder, and those that it is to be in; on failure nothing of it is left.
     *
     * @throws FileAlreadyExistsException if there is anything of that name
     */
    public static void write(Path folder, Content content) throws IOException {
        Path parent = folder.toAbsolutePath().getParent();
        if (parent == null || Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(folder.toString());
        }
        Disk disk = Disk.SYSTEM;
        AtomicFile.createFolders(disk, parent);
        Path made = parent.resolve(MADE + UUID.randomUUID());
        try {
            disk.createFolder(made);
            content.writeTo(made);
            disk.forceFolder(made);
            disk.rename(made, folder);
        } catch (IOException | RuntimeException | Error e) {
            AtomicFile.deleteAfter(e, disk, made);
            throw e;
        }
        disk.forceFolder(parent);
    }

    /** Deletes a file, or a folder with all that is in it but nothing that links in it lead to; none is fine too. */
    public static void delete(Path path) throws IOException {
        AtomicFile.deleteAll(Disk.SYSTEM, path);
    }
}
