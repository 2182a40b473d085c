package org.resnet4j.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;
import org.resnet4j.image.ReadOptions;

/**
 * Pictures in one folder whose classes stand in their names or in a list. Classes are in code-point order; files are in that of
 * their names, or of the list. Pictures are decoded when asked for.
 */
public final class LabelledFiles implements Dataset {
    private static final Pattern WNID = Pattern.compile("(n\\d{8})[_.].*");
    private static final Set<String> HEADS = Set.of("filename", "file", "image", "path", "name");
    private static final long MOST_BYTES = 256L << 20;

    private final String description;
    private final List<String> classNames;
    private final List<Path> files;
    private final int[] labels;
    private final ReadOptions options;

    private LabelledFiles(String description, Map<Path, String> classes, ReadOptions options) {
        this.description = description;
        this.classNames = classes.values().stream()
                .distinct()
                .sorted(ClassOrder.CODE_POINT)
                .toList();
        this.files = List.copyOf(classes.keySet());
        Map<String, Integer> indices = new HashMap<>();
        classNames.forEach(n -> indices.put(n, indices.size()));
        this.labels = classes.values().stream().mapToInt(indices::get).toArray();
        this.options = options;
    }

    /** True for a folder with pictures that are all named by a WordNet id. */
    static boolean areNamedByClass(Path folder) throws IOException {
        List<Path> pictures = pictures(folder);
        return !pictures.isEmpty() && pictures.stream().allMatch(p -> wnid(p).isPresent());
    }

    /** The pictures of a folder that are named by a WordNet id; throws if one is not. */
    public static LabelledFiles open(Path folder, ReadOptions options) throws IOException {
        Map<Path, String> classes = new LinkedHashMap<>();
        for (Path file : pictures(folder)) {
            classes.put(
                    file,
                    wnid(file)
                            .orElseThrow(() -> new DataException(file
                                    + ": a name that begins with a WordNet id is needed, such as n01440764_1.JPEG")));
        }
        return new LabelledFiles("pictures in " + folder + ", classes by name", classes, options);
    }

    /**
     * The pictures that a CSV file lists: the file's name in the folder, then its class; a head is allowed, more columns are not
     * looked at. The folder's other pictures are left out.
     *
     * @throws DataException if a line is not such a row, or names a file twice or one that is not in the folder
     */
    public static LabelledFiles open(Path folder, Path list, ReadOptions options) throws IOException {
        return open(folder, list, null, options);
    }

    /**
     * As {@link #open(Path, Path, ReadOptions)}, but where the head has {@code part} for its third column, as {@link Split} writes it,
     * only the rows of this part; null for all.
     */
    static LabelledFiles open(Path folder, Path list, @Nullable Part part, ReadOptions options) throws IOException {
        if (Files.size(list) > MOST_BYTES) {
            throw new DataException(list + ": at most " + MOST_BYTES + " bytes are read, found " + Files.size(list));
        }
        Map<Path, String> classes = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(list);
        boolean divided = part != null && !lines.isEmpty() && lines.getFirst().equals(Split.HEADER);
        for (int i = 0; i < lines.size(); i++) {
            String where = list + ", line " + (i + 1);
            List<String> fields = fields(lines.get(i));
            if (lines.get(i).isBlank()
                    || (i == 0 && HEADS.contains(fields.getFirst().toLowerCase(Locale.ROOT)))) {
                continue;
            }
            if (fields.size() < 2 || fields.get(1).isBlank()) {
                throw new DataException(where + ": a file and its class are needed, found " + lines.get(i));
            }
            if (divided && (fields.size() < 3 || !fields.get(2).equals(Split.name(part)))) {
                continue;
            }
            Path file = folder.resolve(fields.getFirst()).normalize();
            if (!file.startsWith(folder.normalize()) || !Files.isRegularFile(file)) {
                throw new DataException(where + ": " + fields.getFirst() + " is no file in " + folder);
            }
            if (classes.put(file, fields.get(1).strip()) != null) {
                throw new DataException(where + ": " + fields.getFirst() + " stands there twice");
            }
        }
        if (classes.isEmpty()) {
            throw new DataException(list + ": rows of a file and its class are needed, found none");
        }
        return new LabelledFiles("pictures in " + folder + ", classes from " + list, classes, options);
    }

    private static List<Path> pictures(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(f -> ImageFile.isNamedAsPicture(f) && Files.isRegularFile(f))
                    .sorted((a, b) -> ClassOrder.CODE_POINT.compare(a.toString(), b.toString()))
                    .toList();
        }
    }

    private static Optional<String> wnid(Path file) {
        Matcher m = WNID.matcher(file.getFileName().toString());
        return m.matches() ? Optional.of(m.group(1)) : Optional.empty();
    }

    /** The fields of a line of CSV (RFC 4180). */
    static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                boolean twice = quoted && i + 1 < line.length() && line.charAt(i + 1) == '"';
                if (twice) {
                    field.append('"');
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int label(int i) {
        return labels[i];
    }

    @Override
    public Optional<Path> file(int i) {
        return Optional.of(files.get(i));
    }

    @Override
    public Image image(int i) throws IOException {
        return ImageFile.read(files.get(i), options);
    }
}
