package org.resnet4j.download;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.dataset.DataException;

/**
 * A model's folder on the Hugging Face hub or a server that answers as it does: {@code BASE/OWNER/REPO/resolve/REVISION/FILE}. The
 * hub announces the SHA-256 of large files in {@code X-Linked-ETag} and names small ones by git's hash in {@code ETag}; every file is
 * held to what was announced.
 *
 * @param base of the addresses
 * @param repository OWNER/REPO
 * @param revision branch, tag or commit
 */
public record HubFolder(String base, String repository, String revision) {
    /** The hub itself. */
    public static final String HUB = "https://huggingface.co";

    private static final Pattern NAME = Pattern.compile(
            "hf:([A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95})(?:@([A-Za-z0-9][A-Za-z0-9._/-]{0,199}))?");
    private static final long MOST_JSON = 8L << 20;
    private static final long MOST_WEIGHTS = 8L << 30;

    /** Takes a slash from the end of the base. */
    public HubFolder {
        base = base.replaceFirst("/+$", "");
    }

    /** True for what {@link #parse} reads. */
    public static boolean is(String name) {
        return name.startsWith("hf:");
    }

    /**
     * From {@code hf:OWNER/REPO} or {@code hf:OWNER/REPO@REVISION}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static HubFolder parse(String name, String base) {
        Matcher m = NAME.matcher(name);
        if (!m.matches() || name.contains("..")) {
            throw new IllegalArgumentException(
                    "a folder of the hub is hf:OWNER/REPO or hf:OWNER/REPO@REVISION, found " + name);
        }
        return new HubFolder(base, m.group(1), m.group(2) == null ? "main" : m.group(2));
    }

    /** The page about it, for people. */
    public String page() {
        return base + "/" + repository + "/tree/" + revision;
    }

    /**
     * Puts {@code config.json}, {@code model.safetensors} and, if there is one, {@code preprocessor_config.json} into {@code target}.
     *
     * @return the commit that the server says it answered with, or the revision that was asked for
     * @throws DataException if one cannot be had; says why
     */
    public String get(Path target, Consumer<String> progress) throws IOException {
        String commit = file("config.json", MOST_JSON, target, progress);
        try {
            file("preprocessor_config.json", MOST_JSON, target, progress);
        } catch (HttpFile.NotThereException e) {
            progress.accept("no preprocessor_config.json: config.json says what happens to pictures");
        }
        file("model.safetensors", MOST_WEIGHTS, target, progress);
        return commit;
    }

    private String file(String name, long most, Path target, Consumer<String> progress) throws IOException {
        URI address = URI.create(base + "/" + repository + "/resolve/"
                + URLEncoder.encode(revision, StandardCharsets.UTF_8) + "/" + name);
        String[] commit = {revision};
        try {
            new HttpFile(address, most, null).get(target.resolve(name), progress, headers -> {
                commit[0] = first(headers, "X-Repo-Commit", "[0-9a-f]{40}", revision);
                return announced(headers);
            });
        } catch (HttpFile.NotThereException e) {
            throw new HttpFile.NotThereException(address + ": " + e.getMessage());
        } catch (IOException e) {
            throw new DataException(address + ": " + (e.getMessage() == null ? e.toString() : e.getMessage()), e);
        }
        return commit[0];
    }

    private static @Nullable Checksum announced(List<HttpHeaders> headers) {
        String large = first(headers, "X-Linked-ETag", "[0-9a-f]{64}", "");
        if (!large.isEmpty()) {
            return new Checksum("SHA-256", large);
        }
        String small = first(headers, "ETag", "[0-9a-f]{40}", "");
        return small.isEmpty() ? null : new Checksum(Checksum.GIT_BLOB, small);
    }

    /** The first value of this form, without quotes and the mark of a weak tag. */
    private static String first(List<HttpHeaders> headers, String name, String form, String otherwise) {
        return headers.stream()
                .flatMap(h -> h.allValues(name).stream())
                .map(v -> v.replaceFirst("^W/", "").replace("\"", ""))
                .filter(v -> v.matches(form))
                .findFirst()
                .orElse(otherwise);
    }
}
