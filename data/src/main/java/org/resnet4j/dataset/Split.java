package org.resnet4j.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.random.Rng;

/**
 * Two parts of one set of files: each class gives the same share of its samples to the second. Written as CSV, file by file, so that
 * whoever comes later sees the same parts, whatever was added to the folder meanwhile.
 *
 * @param train samples to train on
 * @param evaluation samples to evaluate
 */
public record Split(Dataset train, Dataset evaluation) {
    /** The first line of the CSV. */
    public static final String HEADER = "file,class,part";

    private static final String TRAIN = "train";
    private static final String VALIDATION = "val";
    private static final long MOST_BYTES = 256L << 20;

    /**
     * Draws the second part by {@code seed}: of each class its share, rounded, at least one of two samples and never all. Adding a class
     * does not change what is drawn of the others.
     *
     * @param share in (0, 1)
     * @throws DataException if no class has two samples
     */
    public static Split of(Dataset all, double share, long seed) throws DataException {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("the share that is held back must be in (0, 1), found " + share);
        }
        boolean[] held = new boolean[all.size()];
        int count = 0;
        for (int c = 0; c < all.classNames().size(); c++) {
            int label = c;
            int[] members = IntStream.range(0, all.size())
                    .filter(i -> all.label(i) == label)
                    .toArray();
            int most = members.length - 1;
            int wanted = (int) Math.rint(members.length * share);
            int n = Math.clamp(wanted, Math.min(1, Math.max(0, most)), Math.max(0, most));
            int[] order = Rng.of(
                            seed, Rng.key("split"), Rng.key(all.classNames().get(c)))
                    .permutation(members.length);
            for (int k = 0; k < n; k++) {
                held[members[order[k]]] = true;
            }
            count += n;
        }
        if (count == 0) {
            throw new DataException(all.description()
                    + ": no class has two pictures, so none can be held back to evaluate on; add pictures");
        }
        return of(all, held);
    }

    /** How the CSV calls a part. */
    static String name(@Nullable Part part) {
        return part == Part.TRAIN ? TRAIN : VALIDATION;
    }

    private static Split of(Dataset all, boolean[] held) {
        int[] train = IntStream.range(0, held.length).filter(i -> !held[i]).toArray();
        int[] rest = IntStream.range(0, held.length).filter(i -> held[i]).toArray();
        return new Split(all.subset("training part", train), all.subset("part held back", rest));
    }

    /** The split as CSV, file names relative to {@code root}; throws if a sample has no file below it. */
    public String toCsv(Path root) throws DataException {
        StringBuilder csv = new StringBuilder(HEADER + "\n");
        append(csv, root, train, TRAIN);
        append(csv, root, evaluation, VALIDATION);
        return csv.toString();
    }

    private static void append(StringBuilder csv, Path root, Dataset part, String name) throws DataException {
        for (int i = 0; i < part.size(); i++) {
            csv.append(quoted(relative(root, part, i)))
                    .append(',')
                    .append(quoted(part.classNames().get(part.label(i))))
                    .append(',')
                    .append(name)
                    .append('\n');
        }
    }

    private static String relative(Path root, Dataset part, int i) throws DataException {
        Path file = part.file(i)
                .orElseThrow(() -> new DataException(
                        part.description() + ": only a set of files can be written down file by file"));
        return root.relativize(file).toString().replace('\\', '/');
    }

    private static String quoted(String field) {
        boolean plain = field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }

    /**
     * The parts that {@link #toCsv} wrote; files that are not in it are left out.
     *
     * @throws DataException if a file that it names is not there, or has another class
     */
    public static Split read(Path csv, Path root, Dataset all) throws IOException {
        if (Files.size(csv) > MOST_BYTES) {
            throw new DataException(csv + ": at most " + MOST_BYTES + " bytes are read, found " + Files.size(csv));
        }
        Map<String, Integer> indices = new HashMap<>();
        for (int i = 0; i < all.size(); i++) {
            indices.put(relative(root, all, i), i);
        }
        List<Integer> train = new ArrayList<>();
        List<Integer> rest = new ArrayList<>();
        List<String> lines = Files.readAllLines(csv);
        for (int n = 1; n < lines.size(); n++) {
            String where = csv + ", line " + (n + 1);
            List<String> fields = LabelledFiles.fields(lines.get(n));
            if (fields.size() != 3
                    || !(fields.get(2).equals(TRAIN) || fields.get(2).equals(VALIDATION))) {
                throw new DataException(
                        where + ": a file, its class and train or val are needed, found " + lines.get(n));
            }
            Integer i = indices.remove(fields.get(0));
            if (i == null || !all.classNames().get(all.label(i)).equals(fields.get(1))) {
                throw new DataException(where + ": " + fields.get(0) + " of class " + fields.get(1) + " is not in "
                        + root + " any more, or stands here twice; put it back, or start a new run");
            }
            (fields.get(2).equals(TRAIN) ? train : rest).add(i);
        }
        return new Split(
                all.subset(
                        "training part",
                        train.stream().mapToInt(Integer::intValue).toArray()),
                all.subset(
                        "part held back",
                        rest.stream().mapToInt(Integer::intValue).toArray()));
    }
}
