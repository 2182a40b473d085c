package org.resnet4j.trainer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.resnet4j.weights.NamedTensor;

/**
 * Writes what a run leaves in its folder. A failure is told and tried again; the fourth in a row ends the run. What is written is
 * never written over. Used by one thread.
 */
final class RunWriter {
    private static final int RETRIES = 3;
    private static final long RETRY_NANOS = 500_000_000L;

    /** Writes to the run folder. */
    interface Write {
        void run() throws IOException;
    }

    private final TrainOptions options;
    private final RunFolder run;
    private final Stepper stepper;
    private final Map<String, String> metadata;
    private final Consumer<TrainEvent> listener;
    private long savedStep = -1;
    private long lastStep = -1;
    private int failures;
    private long savedNanos = System.nanoTime();

    RunWriter(
            TrainOptions options,
            RunFolder run,
            Stepper stepper,
            Map<String, String> metadata,
            Consumer<TrainEvent> listener) {
        this.options = options;
        this.run = run;
        this.stepper = stepper;
        this.metadata = metadata;
        this.listener = listener;
    }

    /** A checkpoint of this step is there already. */
    void resumedAt(long step) {
        savedStep = step;
    }

    boolean isCheckpointDue(long step) {
        Checkpointing c = options.checkpoints();
        boolean bySteps = c.everySteps() > 0 && step > 0 && step % c.everySteps() == 0;
        boolean byTime = !c.every().isZero()
                && System.nanoTime() - savedNanos >= c.every().toNanos();
        return bySteps || byTime;
    }

    /** Tells of a failure; the one after {@value #RETRIES} in a row ends the run. */
    private void failed(long step, int inARow, IOException e) throws IOException {
        listener.accept(new TrainEvent.WriteFailed(step, inARow, String.valueOf(e.getMessage())));
        if (inARow > RETRIES) {
            throw e;
        }
    }

    /** For a checkpoint on the way: if it fails, the next that is due is the next try. */
    void tryCheckpoint(Progress progress) throws IOException {
        try {
            checkpoint(progress);
            failures = 0;
        } catch (IOException e) {
            failures++;
            failed(progress.step(), failures, e);
        }
    }

    /** For what there is no later time for: tries again and again, as long as it may. */
    void insist(long step, Write write) throws IOException {
        for (int inARow = 1; ; inARow++) {
            try {
                write.run();
                return;
            } catch (IOException e) {
                failed(step, inARow, e);
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    /** Writes a checkpoint, {@code last.safetensors} and, where weights are averaged, {@code ema.safetensors}. */
    void checkpoint(Progress progress) throws IOException {
        savedNanos = System.nanoTime();
        long step = progress.step();
        if (step == savedStep && step == lastStep) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> model = model(stepper.parameters().values(), step, arena);
            if (step != savedStep) {
                List<NamedTensor> states = Weights.states(stepper, arena);
                run.checkpoints().save(step, model, states, Map.of("progress", progress.toJson()));
                savedStep = step;
                listener.accept(new TrainEvent.CheckpointWritten(step, run.path()));
            }
            run.write("last", model, metadata);
            MemorySegment average = stepper.average();
            if (average != null) {
                run.write("ema", model(average, step, arena), metadata);
            }
            lastStep = step;
        }
    }

    /** Writes {@code best.safetensors}: the averaged weights where there are any. */
    void best(long step) throws IOException {
        MemorySegment average = stepper.average();
        MemorySegment block = average == null ? stepper.parameters().values() : average;
        insist(step, () -> {
            try (Arena arena = Arena.ofConfined()) {
                run.write("best", model(block, step, arena), metadata);
            }
        });
    }

    private List<NamedTensor> model(MemorySegment block, long step, Arena arena) {
        long batches = Math.multiplyExact(step, (long) options.batching().accumulation());
        return Weights.model(stepper.session().plan().graph(), stepper.parameters(), block, batches, arena);
    }
}
