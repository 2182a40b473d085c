package org.resnet4j.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.image.Image;

/**
 * CIFAR-10 and CIFAR-100 in their official binary layout: records of one (CIFAR-100: coarse, fine) label byte and 3 x 32 x 32
 * bytes, channels first. Held in memory as read, 31 MB a batch. Krizhevsky 2009.
 */
public final class Cifar implements Dataset {
    private static final int SIZE = 32;
    private static final int PLANE = SIZE * SIZE;
    private static final List<String> BATCHES =
            List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin");

    private final String description;
    private final List<String> classNames;
    private final List<byte[]> files;
    private final int labelBytes;
    private final int recordsPerFile;
    private final int size;

    private Cifar(String description, List<String> classNames, List<byte[]> files, int labelBytes) {
        this.description = description;
        this.classNames = classNames;
        this.files = files;
        this.labelBytes = labelBytes;
        this.recordsPerFile = files.getFirst().length / (labelBytes + 3 * PLANE);
        this.size = files.stream()
                .mapToInt(f -> f.length / (labelBytes + 3 * PLANE))
                .sum();
    }

    /** True if the folder holds a part of CIFAR-10. */
    public static boolean is10(Path folder) {
        return Files.isRegularFile(folder.resolve("test_batch.bin"))
                || BATCHES.stream().anyMatch(b -> Files.isRegularFile(folder.resolve(b)));
    }

    /** True if the folder holds a part of CIFAR-100. */
    public static boolean is100(Path folder) {
        return Files.isRegularFile(folder.resolve("train.bin"))
                && Files.isRegularFile(folder.resolve("fine_label_names.txt"));
    }

    /** Training batches that the folder lacks. */
    public static List<String> missing10(Path folder) {
        return BATCHES.stream()
                .filter(b -> !Files.isRegularFile(folder.resolve(b)))
                .toList();
    }

    /** All batches of CIFAR-10's training set that are there, or its test set. */
    public static Cifar open10(Path folder, Part part) throws IOException {
        List<String> names = part == Part.TEST
                ? List.of("test_batch.bin")
                : BATCHES.stream()
                        .filter(b -> Files.isRegularFile(folder.resolve(b)))
                        .toList();
        if (names.isEmpty()) {
            throw new DataException(folder + ": no training batch of CIFAR-10 (" + BATCHES + ") is there");
        }
        List<String> missing = part == Part.TRAIN ? missing10(folder) : List.of();
        String what = "CIFAR-10 " + (part == Part.TEST ? "test set" : "training set")
                + (missing.isEmpty() ? "" : " without " + String.join(", ", missing));
        List<String> classes = names(
                folder.resolve("batches.meta.txt"),
                10,
                List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"));
        return read(folder, names, what, classes, 1);
    }

    /** CIFAR-100's training or test set with its fine labels. */
    public static Cifar open100(Path folder, Part part) throws IOException {
        List<String> classes = names(folder.resolve("fine_label_names.txt"), 100, List.of());
        String name = part == Part.TEST ? "test.bin" : "train.bin";
        return read(
                folder, List.of(name), "CIFAR-100 " + (part == Part.TEST ? "test set" : "training set"), classes, 2);
    }

    private static List<String> names(Path file, int count, List<String> otherwise) throws IOException {
        if (!Files.isRegularFile(file) && !otherwise.isEmpty()) {
            return otherwise;
        }
        List<String> names = Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .toList();
        if (names.size() != count) {
            throw new DataException(file + ": " + count + " class names are expected, found " + names.size());
        }
        return names;
    }

    private static Cifar read(Path folder, List<String> names, String what, List<String> classes, int labelBytes)
            throws IOException {
        int record = labelBytes + 3 * PLANE;
        List<byte[]> files = new ArrayList<>();
        for (String name : names) {
            Path file = folder.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new DataException(file + ": the file of the " + what + " is not there; fetch the data again, or"
                        + " hold training samples back to evaluate on");
            }
            long length = Files.size(file);
            if (length == 0 || length % record != 0 || length > 1L << 30) {
                throw new DataException(file + ": a whole number of records of " + record + " bytes is expected, found "
                        + length + " bytes; fetch it again");
            }
            byte[] bytes = Files.readAllBytes(file);
            for (int at = 0; at < bytes.length; at += record) {
                int label = bytes[at + labelBytes - 1] & 0xff;
                if (label >= classes.size()) {
                    throw new DataException(file + ": record " + at / record + " has label " + label + ", there are "
                            + classes.size() + " classes");
                }
            }
            if (!files.isEmpty() && bytes.length != files.getFirst().length) {
                throw new DataException(file + ": as many records as in " + names.getFirst() + " are expected, found "
                        + bytes.length / record);
            }
            files.add(bytes);
        }
        return new Cifar(what + " in " + folder, classes, List.copyOf(files), labelBytes);
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    private int offset(int i) {
        return i % recordsPerFile * (labelBytes + 3 * PLANE);
    }

    @Override
    public int label(int i) {
        return files.get(i / recordsPerFile)[offset(i) + labelBytes - 1] & 0xff;
    }

    @Override
    public Image image(int i) {
        byte[] file = files.get(i / recordsPerFile);
        int at = offset(i) + labelBytes;
        byte[] rgb = new byte[3 * PLANE];
        for (int p = 0; p < PLANE; p++) {
            rgb[3 * p] = file[at + p];
            rgb[3 * p + 1] = file[at + PLANE + p];
            rgb[3 * p + 2] = file[at + 2 * PLANE + p];
        }
        return new Image(SIZE, SIZE, rgb);
    }
}
