package org.resnet4j.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds out what a place holds. Stateless. */
public final class Datasets {
    /** The name of the generated set, which needs no folder. */
    public static final String SHAPES = "shapes";

    private static final List<String> INNER = List.of("cifar-10-batches-bin", "cifar-100-binary");

    private Datasets() {}

    /**
     * The data set of a name or folder.
     *
     * @param where {@value #SHAPES}, or a folder with CIFAR-10 or CIFAR-100 in binary form, IDX files, or class folders
     * @throws DataException if it holds none of these; the message lists what was looked for
     */
    public static Dataset open(String where, Part part) throws IOException {
        return open(where, part, FolderOptions.DEFAULT);
    }

    /**
     * False for a folder of pictures that does not say which of them are to evaluate with: it has no {@code train} and {@code val}, so
     * that both parts are all of it.
     */
    public static boolean isDivided(String where) {
        Path folder = Path.of(where);
        boolean records = Cifar.is10(folder) || Cifar.is100(folder) || Idx.is(folder);
        return records || !Files.isDirectory(folder) || isOfRecords(folder) || ImageFolder.isDivided(folder);
    }

    private static boolean isOfRecords(Path folder) {
        return INNER.stream().anyMatch(i -> Files.isDirectory(folder.resolve(i)));
    }

    /**
     * All parts of a data set by name: {@code train} and {@code val}, or {@code all} where it is not divided.
     *
     * @throws DataException if it holds no data
     */
    public static Map<String, Dataset> parts(String where, FolderOptions options) throws IOException {
        Map<String, Dataset> parts = new LinkedHashMap<>();
        Path list = options.labels();
        if (list != null) {
            parts.put("all", LabelledFiles.open(Path.of(where), list, options.reading()));
        } else if (isDivided(where)) {
            parts.put("train", open(where, Part.TRAIN, options));
            parts.put("val", open(where, Part.TEST, options));
        } else {
            parts.put("all", open(where, Part.TRAIN, options));
        }
        return parts;
    }

    /**
     * The data set of a name or folder. Where neither class folders nor another format are found, the pictures of one folder
     * whose names begin with a WordNet id: {@code n01440764_10026.JPEG}.
     *
     * @param where {@value #SHAPES}, or a folder
     * @param options of pictures in folders; a list of labels makes any folder one of pictures
     * @throws DataException if it holds none of these; the message lists what was looked for
     */
    public static Dataset open(String where, Part part, FolderOptions options) throws IOException {
        Path folder = Path.of(where);
        if (where.equals(SHAPES) && !Files.isDirectory(folder)) {
            return Shapes.of(part);
        }
        if (!Files.isDirectory(folder)) {
            throw new DataException(where + ": no such folder; name a folder with data, or '" + SHAPES
                    + "' for the generated set; `resnet data get cifar10` fetches CIFAR-10");
        }
        Path list = options.labels();
        if (list != null) {
            return LabelledFiles.open(folder, list, part, options.reading());
        }
        if (Cifar.is10(folder)) {
            return Cifar.open10(folder, part);
        }
        if (Cifar.is100(folder)) {
            return Cifar.open100(folder, part);
        }
        if (Idx.is(folder)) {
            return Idx.open(folder, part);
        }
        for (String inner : INNER) {
            if (Files.isDirectory(folder.resolve(inner))) {
                return open(folder.resolve(inner).toString(), part, options);
            }
        }
        try {
            Path inner = ImageFolder.partOf(folder, part);
            return LabelledFiles.areNamedByClass(inner)
                    ? LabelledFiles.open(inner, options.reading())
                    : ImageFolder.open(inner, options.reading(), options.order());
        } catch (DataException e) {
            throw new DataException(
                    folder + ": no data found. Looked for CIFAR-10 (data_batch_1.bin, test_batch.bin), CIFAR-100"
                            + " (train.bin, fine_label_names.txt), IDX files (train-images-idx3-ubyte[.gz]) and class folders with pictures"
                            + " (train/<class>/*.png, val/<class>/*.png or <class>/*.png), and pictures named by"
                            + " WordNet id (n01440764_1.JPEG); for other pictures give --labels FILE.csv",
                    e);
        }
    }
}
