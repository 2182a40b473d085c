package org.resnet4j.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;
import org.resnet4j.image.ReadOptions;

/**
 * Pictures in one folder a class. Without another word classes and files stand in code-point order of their names, as torchvision's
 * {@code ImageFolder} has them, whatever the file system says. Pictures are decoded when asked for, by content; without another
 * word as they are stored, whatever orientation their EXIF data asks for, as torchvision does.
 */
public final class ImageFolder implements Dataset {
    private final Path folder;
    private final List<String> classNames;
    private final List<Path> files;
    private final int[] labels;
    private final ReadOptions options;

    private ImageFolder(Path folder, List<String> classNames, List<Path> files, int[] labels, ReadOptions options) {
        this.folder = folder;
        this.classNames = classNames;
        this.files = files;
        this.labels = labels;
        this.options = options;
    }

    /** The folder that holds a part's class folders: {@code train}, {@code val} or {@code test} if they are there, else itself. */
    public static Path partOf(Path root, Part part) {
        List<String> names = part == Part.TRAIN ? List.of("train") : List.of("val", "validation", "test");
        return names.stream()
                .map(root::resolve)
                .filter(Files::isDirectory)
                .findFirst()
                .orElse(root);
    }

    /** True if a folder of class folders has one part to train on and another to evaluate with. */
    static boolean isDivided(Path root) {
        return !partOf(root, Part.TRAIN).equals(root)
                && !partOf(root, Part.TEST).equals(root);
    }

    /** All pictures of the class folders of {@code folder}, as they are stored; throws if there are none. */
    public static ImageFolder open(Path folder) throws IOException {
        return open(folder, ReadOptions.DEFAULT);
    }

    /** All pictures of the class folders of {@code folder}; throws if there are none. */
    public static ImageFolder open(Path folder, ReadOptions options) throws IOException {
        return open(folder, options, ClassOrder.CODE_POINT);
    }

    /** All pictures of the class folders of {@code folder}, the classes in this order; throws if there are none. */
    public static ImageFolder open(Path folder, ReadOptions options, ClassOrder order) throws IOException {
        List<Path> classes;
        try (Stream<Path> entries = Files.list(folder)) {
            classes = entries.filter(Files::isDirectory)
                    .sorted(Comparator.comparing(p -> p.getFileName().toString(), order))
                    .toList();
        }
        List<Path> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int c = 0; c < classes.size(); c++) {
            int before = files.size();
            try (Stream<Path> entries = Files.walk(classes.get(c), 8)) {
                entries.filter(f -> ImageFile.isNamedAsPicture(f) && Files.isRegularFile(f))
                        .sorted(ImageFolder::byFolder)
                        .forEach(files::add);
            }
            for (int i = before; i < files.size(); i++) {
                labels.add(c);
            }
        }
        if (files.isEmpty()) {
            throw new DataException(folder + ": class folders with pictures ("
                    + String.join(", ", ImageFile.ENDINGS.stream().sorted().toList()) + ") are expected, found "
                    + classes.size()
                    + " folders and no picture");
        }
        List<String> names =
                classes.stream().map(p -> p.getFileName().toString()).toList();
        return new ImageFolder(
                folder,
                names,
                List.copyOf(files),
                labels.stream().mapToInt(Integer::intValue).toArray(),
                options);
    }

    /** Folder by folder, as Python's sorted walk goes, not by the whole path. */
    private static int byFolder(Path a, Path b) {
        int folders = ClassOrder.CODE_POINT.compare(
                a.resolveSibling("").toString(), b.resolveSibling("").toString());
        return folders != 0
                ? folders
                : ClassOrder.CODE_POINT.compare(
                        a.getFileName().toString(), b.getFileName().toString());
    }

    /** The folder that holds the class folders. */
    public Path folder() {
        return folder;
    }

    @Override
    public Optional<Path> file(int i) {
        return Optional.of(files.get(i));
    }

    @Override
    public String description() {
        return "pictures in " + folder;
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
    public Image image(int i) throws IOException {
        return ImageFile.read(files.get(i), options);
    }
}
