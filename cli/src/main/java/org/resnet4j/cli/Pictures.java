package org.resnet4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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

/** Turns what a person names - files, folders, quoted globs, lists - into picture files, in order and without reading any. */
final class Pictures {
    /** Standard input, as a name. */
    static final String INPUT = "-";

    /** What names a list begins with, as ImageMagick has it. */
    private static final String LIST = "@";

    private static final int LIST_BYTES = 1 << 28;
    private static final Pattern GLOB = Pattern.compile("[*?\\[{]");
    private static final int DEPTH = 16;

    private Pictures() {}

    /** The files that all arguments name; {@code input} is what a list on standard input is read from. */
    static List<Path> named(List<String> arguments, InputStream input) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.startsWith(LIST) && !Files.isRegularFile(path(argument))) {
                for (String line : lines(argument.substring(1), input)) {
                    files.add(path(line));
                }
            } else {
                files.addAll(named(argument));
            }
        }
        return files;
    }

    /** A name a line, as {@code find} and {@code ls} print them; empty lines are left out. */
    private static List<String> lines(String list, InputStream input) throws IOException {
        String where = list.equals(INPUT) ? "standard input" : list;
        byte[] bytes;
        try (InputStream in = list.equals(INPUT) ? input : Files.newInputStream(path(list))) {
            bytes = in.readNBytes(LIST_BYTES + 1);
        }
        if (bytes.length > LIST_BYTES) {
            throw new IllegalArgumentException(
                    where + ": a list of pictures has at most " + LIST_BYTES + " bytes, found more");
        }
        List<String> lines = new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .filter(l -> !l.isBlank())
                .toList();
        if (lines.isEmpty()) {
            throw new IllegalArgumentException(where + ": names of pictures, one a line, are expected, found none");
        }
        return lines;
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(name + ": not the name of a file: " + e.getReason(), e);
        }
    }

    /**
     * The files that one argument names: all pictures in and below a folder, all files that a glob matches, else the file itself,
     * there or not. {@value #INPUT} stays as it is.
     *
     * @throws IllegalArgumentException if a folder has no picture or a glob matches nothing
     */
    static List<Path> named(String argument) throws IOException {
        Path path = path(argument);
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
