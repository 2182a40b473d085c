package org.resnet4j.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.checkpoint.CheckpointStore;
import org.resnet4j.checkpoint.RunLock;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.weights.NamedTensor;

/**
 * The files of a run, under its lock: {@code run.json} and {@code checkpoints/} with {@code CURRENT}, which resume reads, and
 * {@code args.yaml}, {@code summary.csv}, {@code last.safetensors}, {@code best.safetensors} and {@code ema.safetensors}, which are for people. Each is
 * replaced as a whole, so a crash leaves the old one or the new.
 */
final class RunFolder implements AutoCloseable {
    private final Path path;
    private final RunLock lock;
    private final CheckpointStore checkpoints;

    private RunFolder(Path path, RunLock lock, CheckpointStore checkpoints) {
        this.path = path;
        this.lock = lock;
        this.checkpoints = checkpoints;
    }

    /**
     * A new run; a folder that has anything in it is refused, but for what a start that was killed leaves behind.
     *
     * @param files texts by name, there before the record is
     */
    static RunFolder create(Path path, RunRecord record, Map<String, String> files) throws IOException {
        requireEmpty(path, files.keySet());
        return locked(path, record, () -> {
            requireEmpty(path, files.keySet()); // nobody else was faster
            for (Map.Entry<String, String> file : files.entrySet()) {
                AtomicFile.writeText(path.resolve(file.getKey()), file.getValue());
            }
            AtomicFile.writeText(path.resolve(RunRecord.FILE), record.toJson());
        });
    }

    /** An existing run. */
    static RunFolder open(Path path, RunRecord record) throws IOException {
        return locked(path, record, () -> {});
    }

    private interface Begin {
        void run() throws IOException;
    }

    private static RunFolder locked(Path path, RunRecord record, Begin begin) throws IOException {
        RunLock lock = RunLock.acquire(path);
        try {
            begin.run();
            AtomicFile.writeText(path.resolve("args.yaml"), record.options().toYaml());
            return new RunFolder(
                    path,
                    lock,
                    CheckpointStore.open(path, record.options().checkpoints().keep()));
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static void requireEmpty(Path path, Set<String> ours) throws IOException {
        if (!Files.isDirectory(path)) {
            return;
        }
        try (Stream<Path> entries = Files.list(path)) {
            // A lock or an unfinished file is what a start that was killed leaves behind.
            List<String> found = entries.map(p -> p.getFileName().toString())
                    .filter(n -> !n.equals(".lock") && !n.endsWith(".tmp"))
                    .sorted()
                    .toList();
            if (!ours.containsAll(found)) {
                String advice = found.contains(RunRecord.FILE)
                        ? "it holds a run; resume it, or choose another folder"
                        : "choose another folder";
                throw new RunException(path + ": a new run needs an empty folder, found " + found + "; " + advice);
            }
        }
    }

    Path path() {
        return path;
    }

    CheckpointStore checkpoints() {
        return checkpoints;
    }

    /** Writes {@code <name>.safetensors}, for people. */
    void write(String name, List<NamedTensor> tensors, Map<String, String> metadata) throws IOException {
        Safetensors.write(path.resolve(name + ".safetensors"), tensors, metadata);
    }

    void writeSummary(List<EpochRow> history) throws IOException {
        String rows = history.stream().map(r -> r.toCsv() + "\n").collect(Collectors.joining());
        AtomicFile.writeText(path.resolve("summary.csv"), EpochRow.HEADER + "\n" + rows);
    }

    @Override
    public void close() {
        lock.close();
    }
}
