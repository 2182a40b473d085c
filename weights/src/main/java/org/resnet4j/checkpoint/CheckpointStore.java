package org.resnet4j.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.weights.NamedTensor;

/**
 * The checkpoints of a run: {@code RUN/checkpoints/<step>/{model,optimizer}.safetensors, state.json} and {@code RUN/CURRENT}.
 *
 * <p>A checkpoint is complete when its {@code state.json}, written last, is there and the hashes in it hold. Saving writes a new
 * folder, then turns {@code CURRENT}, then deletes the oldest beyond {@code keep}; so a crash at any instant leaves the newest
 * complete one loadable. Use under a {@link RunLock}; not thread-safe.
 */
public final class CheckpointStore {
    /** Version of the layout; a newer one is refused. */
    public static final long FORMAT = 1;

    private static final String MODEL = "model.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String STATE = "state.json";
    private static final String CURRENT = "CURRENT";

    private final Path run;
    private final Path folder;
    private final int keep;

    private CheckpointStore(Path run, int keep) {
        this.run = run;
        this.folder = run.resolve("checkpoints");
        this.keep = keep;
    }

    /** The store of a run, of which the newest {@code keep} checkpoints are kept; leftovers of a crash are removed. */
    public static CheckpointStore open(Path run, int keep) throws IOException {
        if (keep < 1) {
            throw new IllegalArgumentException("at least 1 checkpoint is kept, found " + keep);
        }
        CheckpointStore store = new CheckpointStore(run, keep);
        Files.createDirectories(store.folder);
        store.removeLeftovers();
        return store;
    }

    private void removeLeftovers() throws IOException {
        for (Path place : List.of(run, folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(place, "*" + AtomicFile.TEMPORARY)) {
                for (Path leftover : entries) {
                    delete(leftover);
                }
            }
        }
    }

    /**
     * Writes a checkpoint. Either it is complete and current afterwards, or an exception says why and the one before it still is.
     *
     * @param state JSON values by name; {@code format}, {@code step} and {@code sha256} are added
     */
    public void save(
            long step, List<NamedTensor> model, List<NamedTensor> optimizer, Map<String, @Nullable Object> state)
            throws CheckpointException {
        Path made = folder.resolve(name(step));
        Path temporary = folder.resolve(name(step) + AtomicFile.TEMPORARY);
        try {
            delete(temporary);
            Files.createDirectory(temporary);
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            all.put("format", FORMAT);
            all.put("step", step);
            Map<String, Object> hashes = new LinkedHashMap<>();
            hashes.put(MODEL, write(temporary.resolve(MODEL), model));
            hashes.put(OPTIMIZER, write(temporary.resolve(OPTIMIZER), optimizer));
            all.put("sha256", hashes);
            all.putAll(state);
            AtomicFile.writeText(temporary.resolve(STATE), Json.write(all) + "\n");
            delete(made);
            Files.move(temporary, made, StandardCopyOption.ATOMIC_MOVE);
            AtomicFile.forceFolder(folder);
            AtomicFile.writeText(run.resolve(CURRENT), name(step) + "\n");
            prune();
        } catch (IOException e) {
            throw new CheckpointException(
                    made + ": the checkpoint could not be written (" + e + "); the one before it is still there", e);
        }
    }

    private static String name(long step) {
        return String.format(Locale.ROOT, "%09d", step);
    }

    private static String write(Path file, List<NamedTensor> tensors) throws IOException {
        Safetensors.write(file, tensors, Map.of());
        return sha256(file);
    }

    /** SHA-256 of a file, in lower-case hexadecimal. */
    public static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                byte[] buffer = new byte[1 << 16];
                while (in.read(buffer) >= 0) {
                    // the digest sees every byte
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Deletes all but the newest {@code keep} and the one that CURRENT names. */
    private void prune() throws IOException {
        List<Path> all = newestFirst();
        String current = current();
        for (Path old : all.subList(Math.min(keep, all.size()), all.size())) {
            if (!old.getFileName().toString().equals(current)) {
                delete(old);
            }
        }
    }

    private String current() throws IOException {
        try {
            return Files.readString(run.resolve(CURRENT)).strip();
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private List<Path> newestFirst() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(p -> p.getFileName().toString().matches("\\d{9,18}"))
                    .sorted(Comparator.comparingLong(
                                    (Path p) -> Long.parseLong(p.getFileName().toString()))
                            .reversed())
                    .toList();
        }
    }

    /** True if there is anything to resume from. */
    public boolean isEmpty() throws IOException {
        return newestFirst().isEmpty();
    }

    /**
     * The newest checkpoint that is complete and undamaged.
     *
     * @throws CheckpointException if there is none, or the newest was written by a newer program
     */
    public Checkpoint load() throws IOException {
        List<String> skipped = new ArrayList<>();
        for (Path candidate : newestFirst()) {
            try {
                return load(candidate, List.copyOf(skipped));
            } catch (NewerFormatException e) {
                throw new CheckpointException(candidate + ": " + e.getMessage());
            } catch (IOException e) {
                skipped.add(candidate.getFileName() + ": " + e.getMessage());
            }
        }
        throw new CheckpointException(run + ": no checkpoint can be loaded"
                + (skipped.isEmpty() ? ", none was written yet" : "; tried " + skipped));
    }

    private static final class NewerFormatException extends IOException {
        private static final long serialVersionUID = 1L;

        NewerFormatException(long found) {
            super("its format is " + found + ", this program knows " + FORMAT + "; use a newer program");
        }
    }

    private static Checkpoint load(Path from, List<String> skipped) throws IOException {
        if (!Files.isRegularFile(from.resolve(STATE))) {
            throw new CheckpointException(STATE + " is missing: it was not finished");
        }
        Map<String, @Nullable Object> state = Json.parseObject(Files.readString(from.resolve(STATE)));
        if (!(state.get("format") instanceof Long format) || !(state.get("step") instanceof Long step)) {
            throw new JsonException(STATE + " has no format and step");
        }
        if (format > FORMAT) {
            throw new NewerFormatException(format);
        }
        Map<String, @Nullable Object> hashes = Json.object(state.get("sha256"), "sha256");
        for (String name : List.of(MODEL, OPTIMIZER)) {
            if (!sha256(from.resolve(name)).equals(hashes.get(name))) {
                throw new CheckpointException(name + " is damaged: its SHA-256 is not the one written");
            }
        }
        Safetensors model = Safetensors.read(from.resolve(MODEL));
        try {
            return new Checkpoint(step, state, model, Safetensors.read(from.resolve(OPTIMIZER)), skipped);
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                for (Path entry : entries) {
                    delete(entry);
                }
            }
        }
        Files.deleteIfExists(path);
    }
}
