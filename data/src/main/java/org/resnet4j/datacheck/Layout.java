package org.resnet4j.datacheck;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.resnet4j.image.ImageFile;

/** Looks at the files and folders of a part of class folders: what training passes over without a word. Stateless. */
final class Layout {
    private static final int DEEPEST = 8;

    private Layout() {}

    /**
     * What is unusual below a part's folder.
     *
     * @param parts folders of parts, which may stand beside class folders
     */
    static List<Finding> of(Path folder, List<Path> parts) throws IOException {
        List<Finding> found = new ArrayList<>();
        try (Stream<Path> entries = Files.walk(folder, DEEPEST + 1)) {
            for (Path path : entries.sorted().toList()) {
                if (path.equals(folder) || parts.stream().anyMatch(p -> !p.equals(folder) && path.startsWith(p))) {
                    continue;
                }
                what(folder, path)
                        .ifPresent(w -> found.add(new Finding(Finding.Kind.UNUSUAL_FILE, path + " " + w, List.of())));
            }
        }
        return found;
    }

    private static Optional<String> what(Path folder, Path path) {
        int depth = folder.relativize(path).getNameCount();
        boolean hidden = String.valueOf(path.getFileName()).startsWith(".");
        if (Files.isSymbolicLink(path)) {
            return Optional.of("is a symbolic link" + (Files.exists(path) ? "" : " to nothing"));
        }
        if (Files.isDirectory(path)) {
            return depth == 1 && hidden
                    ? Optional.of("is a hidden folder, and a class to training")
                    : depth > 1
                            ? Optional.of("is a folder inside of a class; what is in it belongs to the class")
                            : Optional.empty();
        }
        if (!Files.isRegularFile(path)) {
            return Optional.of("is no file");
        }
        boolean picture = ImageFile.isNamedAsPicture(path);
        if (depth == 1) {
            return Optional.of(picture ? "is a picture outside of the class folders" : "is no picture by its name");
        }
        if (!picture) {
            return Optional.of("is no picture by its name");
        }
        return hidden ? Optional.of("is a hidden file, and a picture to training") : Optional.empty();
    }
}
