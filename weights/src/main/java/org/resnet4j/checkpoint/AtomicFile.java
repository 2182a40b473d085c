package org.resnet4j.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.resnet4j.weights.Chunks;

/**
 * Writes files so that a crash at any instant leaves the old content or the new, never a half. The folder is forced after the
 * rename where the system allows it (not on Windows). Stateless.
 */
public final class AtomicFile {
    /** End of the temporary names, so that leftovers of a crash can be recognised. */
    static final String TEMPORARY = ".tmp";

    /** Writes a file's content. */
    public interface Content {
        /** Writes all of it to {@code out}. */
        void writeTo(WritableByteChannel out) throws IOException;
    }

    private AtomicFile() {}

    /** Replaces or creates {@code file}; on failure the old file is untouched and no temporary file is left. */
    public static void write(Path file, Content content) throws IOException {
        write(Disk.SYSTEM, file, content);
    }

    /** Replaces or creates a file of these bytes. */
    public static void write(Path file, byte[] all) throws IOException {
        write(Disk.SYSTEM, file, bytes(all));
    }

    /** Replaces or creates a text file. */
    public static void writeText(Path file, String text) throws IOException {
        writeText(Disk.SYSTEM, file, text);
    }

    static void writeText(Disk disk, Path file, String text) throws IOException {
        write(disk, file, bytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    static Content bytes(byte[] all) {
        return out -> Chunks.write(ByteBuffer.wrap(all), out);
    }

    private static void write(Disk disk, Path file, Content content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        try {
            disk.delete(temporary);
            writeNew(disk, temporary, content);
            disk.rename(temporary, file);
        } catch (IOException | RuntimeException | Error e) {
            deleteAfter(e, disk, temporary);
            throw e;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            disk.forceFolder(folder);
        }
    }

    /** Writes a file that is not there yet, in one go and durably but for its name. */
    static void writeNew(Disk disk, Path file, Content content) throws IOException {
        try (Disk.Out out = disk.create(file)) {
            content.writeTo(out);
            out.force();
        }
    }

    /** Makes a folder and those above it, durably, where they are missing. */
    static void createFolders(Disk disk, Path folder) throws IOException {
        Path absolute = folder.toAbsolutePath();
        Path parent = absolute.getParent();
        if (Files.isDirectory(absolute) || parent == null) {
            return;
        }
        createFolders(disk, parent);
        try {
            disk.createFolder(absolute);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(absolute)) {
                throw e;
            }
        }
        disk.forceFolder(parent);
    }

    /** Deletes a file, a folder with all that is in it, or a link but nothing that it leads to; none is fine too. */
    static void deleteAll(Disk disk, Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                for (Path entry : entries) {
                    deleteAll(disk, entry);
                }
            }
        }
        disk.delete(path);
    }

    /** Cleans up after {@code failure}, which is the one to be reported. */
    static void deleteAfter(Throwable failure, Disk disk, Path path) {
        try {
            deleteAll(disk, path);
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }
}
