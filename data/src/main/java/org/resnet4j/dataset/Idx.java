package org.resnet4j.dataset;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.resnet4j.image.Image;

/**
 * The MNIST family in IDX files, plain or gzipped: {@code train-images-idx3-ubyte}, {@code t10k-labels-idx1-ubyte}, ... Grey
 * becomes three equal channels. Held in memory. LeCun, Cortes and Burges 1998.
 */
public final class Idx implements Dataset {
    private static final int IMAGES = 0x0803;
    private static final int LABELS = 0x0801;
    private static final int MAX_COUNT = 10_000_000;
    private static final int MAX_SIDE = 4096;

    private final String description;
    private final byte[] labels;
    private final byte[] pixels;
    private final int width;
    private final int height;
    private final List<String> classNames;

    private Idx(String description, byte[] labels, byte[] pixels, int width, int height) {
        this.description = description;
        this.labels = labels;
        this.pixels = pixels;
        this.width = width;
        this.height = height;
        int most = IntStream.range(0, labels.length)
                .map(i -> labels[i] & 0xff)
                .max()
                .orElse(0);
        this.classNames = IntStream.rangeClosed(0, Math.max(9, most))
                .mapToObj(Integer::toString)
                .toList();
    }

    /** True if the folder holds such files. */
    public static boolean is(Path folder) {
        return find(folder, "train-images").isPresent()
                || find(folder, "t10k-images").isPresent();
    }

    private static Optional<Path> find(Path folder, String start) {
        return Stream.of(start + "-idx3-ubyte", start + "-idx1-ubyte", start + ".idx3-ubyte", start + ".idx1-ubyte")
                .flatMap(n -> Stream.of(folder.resolve(n), folder.resolve(n + ".gz")))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** The training or the test part. */
    public static Idx open(Path folder, Part part) throws IOException {
        String start = part == Part.TRAIN ? "train" : "t10k";
        Path images = require(folder, start + "-images");
        Path names = require(folder, start + "-labels");
        int[] size = new int[3];
        byte[] pixels = read(images, IMAGES, size);
        int[] count = new int[1];
        byte[] labels = read(names, LABELS, count);
        if (count[0] != size[0]) {
            throw new DataException(
                    names + ": " + size[0] + " labels are expected for as many pictures, found " + count[0]);
        }
        return new Idx("IDX " + start + " set in " + folder, labels, pixels, size[2], size[1]);
    }

    private static Path require(Path folder, String start) throws DataException {
        return find(folder, start)
                .orElseThrow(() -> new DataException(folder + ": no file " + start + "-idx?-ubyte[.gz]"));
    }

    /** The bytes of a file of this kind; its dimensions go to {@code dims}. Never allocates more than the header asks for. */
    private static byte[] read(Path file, int kind, int[] dims) throws IOException {
        try (DataInputStream in = new DataInputStream(open(file))) {
            int magic = in.readInt();
            if (magic != kind) {
                throw new DataException(String.format(
                        "%s: an IDX file that begins with %08x is expected, found %08x", file, kind, magic));
            }
            long bytes = 1;
            for (int i = 0; i < dims.length; i++) {
                dims[i] = in.readInt();
                if (dims[i] < 1 || dims[i] > (i == 0 ? MAX_COUNT : MAX_SIDE)) {
                    throw new DataException(file + ": dimension " + i + " must be 1 to "
                            + (i == 0 ? MAX_COUNT : MAX_SIDE) + ", found " + dims[i]);
                }
                bytes = Math.multiplyExact(bytes, (long) dims[i]);
            }
            if (bytes > Integer.MAX_VALUE - 8) {
                throw new DataException(file + ": at most 2 GiB are held in memory, found " + bytes + " bytes");
            }
            byte[] content = in.readNBytes((int) bytes);
            if (content.length != bytes || in.read() >= 0) {
                throw new DataException(file + ": " + bytes + " bytes are expected after the header, found "
                        + (content.length == bytes ? "more" : content.length) + "; fetch it again");
            }
            return content;
        } catch (EOFException | ZipException e) {
            throw new DataException(file + ": damaged or cut short: " + e, e);
        }
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            return file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
        } catch (IOException e) {
            in.close();
            throw new DataException(file + ": not a gzip file", e);
        }
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int label(int i) {
        return labels[i] & 0xff;
    }

    @Override
    public Image image(int i) {
        int n = width * height;
        byte[] rgb = new byte[3 * n];
        for (int p = 0; p < n; p++) {
            byte grey = pixels[i * n + p];
            rgb[3 * p] = grey;
            rgb[3 * p + 1] = grey;
            rgb[3 * p + 2] = grey;
        }
        return new Image(width, height, rgb);
    }
}
