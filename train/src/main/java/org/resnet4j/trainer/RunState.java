package org.resnet4j.trainer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.resnet4j.checkpoint.Checkpoint;
import org.resnet4j.checkpoint.CheckpointStore;
import org.resnet4j.checkpoint.RunLock;

/**
 * How far a saved run has come, by its newest complete checkpoint.
 *
 * @param step updates done
 * @param history ended epochs, oldest first
 */
public record RunState(long step, List<EpochRow> history) {
    /** Copies the list. */
    public RunState {
        history = List.copyOf(history);
    }

    /**
     * The state of a run that nobody works on; step 0 where no checkpoint was written yet.
     *
     * @throws RunException if the folder is no run
     * @throws IOException if another process works on it, or no checkpoint can be read
     */
    public static RunState read(Path run) throws IOException {
        RunRecord record = RunRecord.read(run);
        RunLock lock = RunLock.acquire(run);
        try {
            CheckpointStore store =
                    CheckpointStore.open(run, record.options().checkpoints().keep());
            if (store.isEmpty()) {
                return new RunState(0, List.of());
            }
            try (Checkpoint checkpoint = store.load()) {
                Progress found = Progress.fromJson(new Fields("state.json", checkpoint.state()).object("progress"));
                return new RunState(found.step(), found.history());
            }
        } finally {
            lock.close();
        }
    }

    /** True if a run of these options has made every update. One that ended early is not: resume it, and it ends at once. */
    public boolean isComplete(TrainOptions options) {
        return !history.isEmpty()
                && switch (options.length().unit()) {
                    case STEPS -> history.getLast().step() >= options.length().count();
                    case EPOCHS -> history.size() >= options.length().count();
                };
    }
}
