package org.resnet4j.checkpoint;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.weights.Fit;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;

/**
 * The checkpoints of a run: {@code RUN/checkpoints/<step>/{model,optimizer}.safetensors, state.json} and {@code RUN/CURRENT}.
 *
 * <p>A checkpoint is complete when its {@code state.json}, written last, is there and the hashes in it hold. Saving writes a new
 * folder under a temporary name, makes it durable, renames it, turns {@code CURRENT}, and only then deletes what is not kept; so a
 * crash or a loss of power at any instant leaves the newest complete one loadable. One of the same step is not written over:
 * it is {@code <step>.old} until the new one is durable. Use under a {@link RunLock}; not thread-safe.
 */
public final class CheckpointStore {
    private static final String MODEL = "model.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String CURRENT = "CURRENT";
    private static final String OLD = ".old";
    private static final Limits LIMITS = Limits.DEFAULT;

    private final Disk disk;
    private final Path run;
    private final Path folder;
    private final int keep;

    private CheckpointStore(Disk disk, Path run, int keep) {
        this.disk = disk;
        this.run = run;
        this.folder = run.resolve("checkpoints");
        this.keep = keep;
    }

    /** The store of a run, of which the newest {@code keep} checkpoints are kept; leftovers of a crash are removed. */
    public static CheckpointStore open(Path run, int keep) throws IOException {
        return open(Disk.SYSTEM, run, keep);
    }

    static CheckpointStore open(Disk disk, Path run, int keep) throws IOException {
        if (keep < 1) {
            throw new IllegalArgumentException("at least 1 checkpoint is kept, found " + keep);
        }
        CheckpointStore store = new CheckpointStore(disk, run, keep);
        AtomicFile.createFolders(disk, store.folder);
        store.removeLeftovers(run);
        store.removeLeftovers(store.folder);
        return store;
    }

    private void removeLeftovers(Path place) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(place, "*" + AtomicFile.TEMPORARY)) {
            for (Path leftover : entries) {
                AtomicFile.deleteAll(disk, leftover);
            }
        }
    }

    /**
     * Writes a checkpoint. Either it is complete and durable afterwards, or an exception says why and those before it are as they
     * were. The newest {@code keep} up to this one stay; those of later steps, which this one was found to go on from before, and
     * older ones go.
     *
     * @param step optimiser steps done, at least 0
     * @param state JSON values by name; {@code format}, {@code step}, {@code sha256} and {@code seal} are added
     */
    public void save(
            long step, List<NamedTensor> model, List<NamedTensor> optimizer, Map<String, @Nullable Object> state)
            throws CheckpointException {
        if (step < 0) {
            throw new IllegalArgumentException("a checkpoint's step is at least 0, found " + step);
        }
        Path made = folder.resolve(name(step));
        Path temporary = temporary(made);
        try {
            AtomicFile.deleteAll(disk, temporary);
            try {
                disk.createFolder(temporary);
                Map<String, String> hashes = new LinkedHashMap<>();
                hashes.put(MODEL, write(temporary.resolve(MODEL), model));
                hashes.put(OPTIMIZER, write(temporary.resolve(OPTIMIZER), optimizer));
                byte[] text = StateFile.write(step, hashes, state);
                AtomicFile.writeNew(disk, temporary.resolve(StateFile.NAME), AtomicFile.bytes(text));
                disk.forceFolder(temporary);
                put(temporary, made);
            } catch (IOException | RuntimeException | Error e) {
                AtomicFile.deleteAfter(e, disk, temporary); // room for the next try
                throw e;
            }
            AtomicFile.writeText(disk, run.resolve(CURRENT), name(step) + "\n");
            prune(step);
        } catch (IOException e) {
            throw new CheckpointException(
                    made + ": the checkpoint could not be written (" + e + "); those before it are as they were; "
                            + advice(e),
                    e);
        }
    }

    private String advice(IOException e) {
        if (!Files.isDirectory(folder)) {
            return "the folder " + folder + " is gone, put it back";
        }
        return e instanceof AccessDeniedException ? "allow writing there" : "is there room on the disk?";
    }

    private static String name(long step) {
        return String.format(Locale.ROOT, "%09d", step);
    }

    private static Path temporary(Path path) {
        return path.resolveSibling(path.getFileName() + AtomicFile.TEMPORARY);
    }

    private String write(Path file, List<NamedTensor> tensors) throws IOException {
        List<String> hash = new ArrayList<>();
        AtomicFile.writeNew(disk, file, out -> {
            Sha256 hashing = new Sha256(out);
            Safetensors.write(hashing, tensors, Map.of());
            hash.add(hashing.take());
        });
        return hash.getFirst();
    }

    /** Gives a durable folder its name; one that has it already is found under another until then. */
    private void put(Path temporary, Path made) throws IOException {
        if (Files.exists(made, LinkOption.NOFOLLOW_LINKS)) {
            Path old = made.resolveSibling(made.getFileName() + OLD);
            AtomicFile.deleteAll(disk, old);
            disk.rename(made, old);
        }
        disk.rename(temporary, made);
        disk.forceFolder(folder);
    }

    /** SHA-256 of a file, in lower-case hexadecimal. */
    public static String sha256(Path file) throws IOException {
        return Sha256.of(file);
    }

    /** Deletes all but the newest {@code keep} up to {@code step}, which is durable by now. */
    private void prune(long step) throws IOException {
        int kept = 0;
        boolean later = false;
        long last = -1;
        for (Place place : newestFirst()) {
            if (kept < keep && place.step() <= step && place.step() != last) {
                kept++;
                last = place.step();
            } else {
                // Renamed first, so that one half deleted is a leftover and not a damaged checkpoint.
                Path leaving = temporary(place.path());
                AtomicFile.deleteAll(disk, leaving);
                disk.rename(place.path(), leaving);
                later |= place.step() > step;
            }
        }
        if (later) {
            disk.forceFolder(folder); // or it would be the newest again
        }
        removeLeftovers(folder);
    }

    /** Where a checkpoint is, or something that looks like one. */
    private record Place(long step, boolean old, Path path) {
        static Place of(Path path) {
            String name = path.getFileName().toString();
            boolean old = name.endsWith(OLD);
            String digits = old ? name.substring(0, name.length() - OLD.length()) : name;
            return new Place(Long.parseLong(digits), old, path);
        }
    }

    private List<Place> newestFirst() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(p -> p.getFileName().toString().matches("[0-9]{9,18}(\\.old)?"))
                    .map(Place::of)
                    .sorted(Comparator.comparingLong(Place::step).reversed().thenComparing(Place::old))
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
        for (Place place : newestFirst()) {
            try {
                return load(place, List.copyOf(skipped));
            } catch (StateFile.NewerFormatException e) {
                throw new CheckpointException(place.path() + ": " + e.getMessage());
            } catch (IOException e) {
                skipped.add(place.path().getFileName() + ": " + e.getMessage());
            }
        }
        throw new CheckpointException(run + ": no checkpoint can be loaded"
                + (skipped.isEmpty() ? ", none was written yet" : "; tried " + skipped));
    }

    private static Checkpoint load(Place place, List<String> skipped) throws IOException {
        if (!Files.isDirectory(place.path(), LinkOption.NOFOLLOW_LINKS)) {
            throw new CheckpointException("it is not a folder");
        }
        StateFile state = StateFile.read(file(place, StateFile.NAME));
        if (state.step() != place.step()) {
            throw new CheckpointException("it is of step " + state.step() + " and in the wrong place");
        }
        for (String name : List.of(MODEL, OPTIMIZER)) {
            Path file = file(place, name);
            long most = LIMITS.headerBytes() + LIMITS.totalBytes();
            if (Files.size(file) > most) {
                throw new CheckpointException(name + " may have at most " + most + " bytes");
            }
            if (!Sha256.of(file).equals(state.hashes().get(name))) {
                throw new CheckpointException(name + " is damaged: its SHA-256 is not the one written");
            }
        }
        StateDict model = Safetensors.read(place.path().resolve(MODEL), LIMITS);
        try {
            Fit.requireFinite(MODEL, model.tensors());
            StateDict optimizer = Safetensors.read(place.path().resolve(OPTIMIZER), LIMITS);
            return new Checkpoint(state.step(), state.state(), model, optimizer, skipped);
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** A file of a checkpoint: no link that leads elsewhere, no pipe to wait at. */
    private static Path file(Place place, String name) throws CheckpointException {
        Path file = place.path().resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new CheckpointException(name + " is missing: it was not finished");
        }
        return file;
    }
}
