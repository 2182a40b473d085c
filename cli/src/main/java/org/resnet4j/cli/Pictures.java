package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.resnet4j.image.ImageFile;

/** Turns what a person names - files, folders, quoted globs - into picture files, in order and without reading any. */
final class Pictures {
    /** Standard input, as a name. */
    static final String INPUT = "-";

    private static final Pattern GLOB = Pattern.compile("[*?\\[{]");
    private static final int DEPTH = 16;

    private Pictures() {}

    /**
     * The files that one argument names: all pictures in and below a folder, all files that a glob matches, else the file itself,
     * there or not. {@value #INPUT} stays as it is.
     *
     * @throws IllegalArgumentException if a folder has no picture or a glob matches nothing
     */
    static List<Path> named(String argument) throws IOException {
        Path path;
        try {
            path = Path.of(argument);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(argument + ": not the name of a file: " + e.getReason(), e);
        }
        if (argument.equals(INPUT) || Files.isRegularFile(path)) {
            return List.of(path);
        }
        if (Files.isDirectory(path)) {
            return found(argument, path, DEPTH, ImageFile::isNamedAsPicture);
        }
        if (!GLOB.matcher(argument).find()) {
            return List.of(path);
        }
        return glob(argument);
    }

    /** Walks only from the last folder before the first wild card, and only as deep as the pattern reaches. */
    private static List<Path> glob(String pattern) throws IOException {
        int cut = pattern.lastIndexOf(
                        '/',
                        GLOB.matcher(pattern)
                                .results()
                                .findFirst()
                                .orElseThrow()
                                .start())
                + 1;
        Path from = Path.of(pattern.substring(0, cut));
        String rest = pattern.substring(cut);
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + rest);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(pattern + ": not a glob: " + e.getDescription(), e);
        }
        int depth = rest.contains("**")
                ? DEPTH
                : (int) rest.chars().filter(c -> c == '/').count() + 1;
        return found(pattern, from, depth, f -> matcher.matches(from.relativize(f)));
    }

    private static List<Path> found(String argument, Path from, int depth, PathMatcher wanted) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(from)) {
            try (Stream<Path> walk = Files.walk(from, depth)) {
                walk.filter(f -> wanted.matches(f) && Files.isRegularFile(f))
                        .sorted()
                        .forEach(files::add);
            }
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException(argument + ": pictures are expected there, found none");
        }
        return files;
    }
}
