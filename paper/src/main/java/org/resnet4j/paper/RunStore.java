package org.resnet4j.paper;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.resnet4j.json.Json;
import org.resnet4j.trainer.Length;
import org.resnet4j.trainer.RunException;
import org.resnet4j.trainer.RunRecord;
import org.resnet4j.trainer.RunState;
import org.resnet4j.trainer.TrainEvent;
import org.resnet4j.trainer.TrainOptions;
import org.resnet4j.trainer.Trainer;
import org.resnet4j.zoo.SpecJson;

/**
 * Runs in folders whose names say what they are: {@code cifar_plain56-bf16-1_32-seed1}. Each is an ordinary run of the trainer, so
 * that one made by {@code resnet train} with the same options is taken over. Stateless.
 *
 * @param folder that holds the runs
 */
record RunStore(Path folder) {
    /** Words of a run that say where something lies or repeat another: what they name is compared, not they. */
    private static final String DATA = "data";

    private static final String NETWORK = "network";

    /** The folder of a run. */
    Path place(String name) {
        return folder.resolve(name);
    }

    /**
     * How far the run of this name has come; empty if it was not begun.
     *
     * @throws RunException if the folder holds something else, or a run with other options or on other data
     */
    Optional<RunState> look(String name, Training wanted) throws IOException {
        Path run = place(name);
        if (isEmpty(run)) {
            return Optional.empty();
        }
        RunRecord saved = RunRecord.read(run);
        RunRecord now = RunRecord.of(wanted.options(), wanted.job());
        RunRecord likened = saved.withOptions(likened(saved.options(), wanted.options()));
        RunState state = RunState.read(run);
        List<String> differences = state.isComplete(saved.options())
                ? likened.differences(now).stream()
                        // A finished run is not computed again: how the graph was written down and by what does not
                        // matter.
                        .filter(d -> !d.startsWith("backend") && !d.startsWith("the structure"))
                        .toList()
                : likened.differences(now);
        if (!differences.isEmpty()) {
            throw new RunException(
                    run + ": a run of this name is needed with the options of this experiment, found one in" + " which "
                            + String.join(", ", differences) + "; choose another --out, or move the folder away");
        }
        return Optional.of(state);
    }

    /**
     * True if the run's last epoch is written down; for a look at runs of which some are being trained. Where it says so and is wrong,
     * {@link #look} finds out.
     */
    boolean isComplete(String name) throws IOException {
        Path run = place(name);
        Path summary = run.resolve("summary.csv");
        if (!Files.isRegularFile(summary) || isEmpty(run)) {
            return false;
        }
        Length length = RunRecord.read(run).options().length();
        List<String> rows = Files.readAllLines(summary);
        return switch (length.unit()) {
            case STEPS -> rows.getLast().matches("\\d+," + length.count() + ",.*");
            case EPOCHS -> rows.size() > length.count();
        };
    }

    /** What was left by a start that was killed counts as nothing. */
    private static boolean isEmpty(Path run) throws IOException {
        if (!Files.exists(run)) {
            return true;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(run)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!name.equals(".lock") && !name.endsWith(".tmp")) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Saved options with what has no influence as it is wanted. */
    private static TrainOptions likened(TrainOptions saved, TrainOptions wanted) throws IOException {
        Map<String, String> inputs = new TreeMap<>(saved.inputs());
        if (inputs.containsKey(DATA) && wanted.inputs().containsKey(DATA)) {
            inputs.put(DATA, Objects.requireNonNull(wanted.inputs().get(DATA)));
        }
        String network = inputs.get(NETWORK);
        String other = wanted.inputs().get(NETWORK);
        if (network != null
                && other != null
                && SpecJson.read(Json.parseObject(network)).equals(SpecJson.read(Json.parseObject(other)))) {
            inputs.put(NETWORK, other);
        }
        return saved.withWorkers(wanted.workers())
                .withCheckpoints(wanted.checkpoints())
                .withInputs(inputs);
    }

    /** A trainer at the beginning of a run, or where it was left. */
    Trainer open(String name, Training training, boolean begun, Consumer<TrainEvent> listener) throws IOException {
        Path run = place(name);
        if (!begun) {
            return Trainer.start(run, training.options(), training.job(), listener);
        }
        return Trainer.resume(run, RunRecord.read(run).options(), training.job(), listener);
    }
}
