package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.checkpoint.Checkpoint;
import org.resnet4j.checkpoint.CheckpointException;
import org.resnet4j.checkpoint.CheckpointStore;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;

/** CKP-03, CKP-04 and CKP-12 as a run meets them: no room, a folder that goes away, a checkpoint that cannot be. */
class CheckpointFailureTest {
    private static final TrainOptions OPTIONS =
            Tiny.options(20).withCheckpoints(new Checkpointing(2, Duration.ZERO, 2));

    @TempDir
    Path folder;

    private Path run() {
        return folder.resolve("run");
    }

    private void away() {
        move("checkpoints", "away");
    }

    private void back() {
        move("away", "checkpoints");
    }

    private void move(String from, String to) {
        try {
            Files.move(run().resolve(from), run().resolve(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the folder away after a step, and puts it back after another or after a failure. */
    private final class Thief extends Tiny.Watcher {
        private final long away;
        private final long back;
        private final boolean backAfterFailure;

        Thief(long away, long back, boolean backAfterFailure, long stopAt) {
            super(stopAt);
            this.away = away;
            this.back = back;
            this.backAfterFailure = backAfterFailure;
        }

        @Override
        public void accept(TrainEvent event) {
            super.accept(event);
            if (event instanceof TrainEvent.Step s && s.step() == away) {
                away();
            }
            if ((event instanceof TrainEvent.Step s && s.step() == back)
                    || (event instanceof TrainEvent.WriteFailed && backAfterFailure)) {
                back();
            }
        }
    }

    @Test
    void trainingGoesOnUntilTheFolderIsBack() throws IOException {
        String whole = Tiny.train(folder.resolve("whole"), OPTIONS, Tiny.job());
        Thief thief = new Thief(5, 11, false, -1);
        try (Trainer trainer = Trainer.start(run(), OPTIONS, Tiny.job(), thief)) {
            assertThat(trainer.train()).isEqualTo(TrainOutcome.FINISHED);
        }
        assertThat(thief.all(TrainEvent.WriteFailed.class))
                .extracting(TrainEvent.WriteFailed::step)
                .containsExactly(6L, 8L, 10L);
        assertThat(thief.all(TrainEvent.WriteFailed.class).getLast().reason()).contains("is gone, put it back");
        assertThat(Tiny.last(run())).isEqualTo(whole);
    }

    @Test
    void theFourthFailureEndsTheRunWhichCanBeResumed() throws IOException {
        String whole = Tiny.train(folder.resolve("whole"), OPTIONS, Tiny.job());
        Thief thief = new Thief(5, -1, false, -1);
        try (Trainer trainer = Trainer.start(run(), OPTIONS, Tiny.job(), thief)) {
            assertThatThrownBy(trainer::train).isInstanceOf(CheckpointException.class);
        }
        assertThat(thief.all(TrainEvent.WriteFailed.class))
                .extracting(TrainEvent.WriteFailed::step)
                .containsExactly(6L, 8L, 10L, 12L);
        back();
        Tiny.Watcher watcher = new Tiny.Watcher(-1);
        try (Trainer trainer = Trainer.resume(run(), OPTIONS, Tiny.job(), watcher)) {
            assertThat(trainer.train()).isEqualTo(TrainOutcome.FINISHED);
        }
        assertThat(watcher.all(TrainEvent.Resumed.class).getFirst().step()).isEqualTo(4);
        assertThat(Tiny.last(run())).isEqualTo(whole);
    }

    @Test
    void aStopInsistsOnItsCheckpoint() throws IOException {
        Thief thief = new Thief(5, -1, true, 5);
        try (Trainer trainer = Trainer.start(run(), OPTIONS, Tiny.job(), thief)) {
            thief.trainer = trainer;
            assertThat(trainer.train()).isEqualTo(TrainOutcome.INTERRUPTED);
        }
        assertThat(thief.all(TrainEvent.WriteFailed.class)).hasSize(1);
        assertThat(run().resolve("CURRENT")).hasContent("000000005\n");
    }

    /** Replaces the newest checkpoint by one that is sound as a file. */
    private void rewrite(Map<String, ?> change, @Nullable String without) throws IOException {
        Tiny.Watcher watcher = new Tiny.Watcher(5);
        try (Trainer trainer = Trainer.start(run(), Tiny.options(20), Tiny.job(), watcher)) {
            watcher.trainer = trainer;
            trainer.train();
        }
        CheckpointStore store = CheckpointStore.open(run(), 1);
        try (Checkpoint c = store.load();
                Arena arena = Arena.ofConfined()) {
            Map<String, @Nullable Object> progress =
                    new LinkedHashMap<>(Json.object(c.state().get("progress"), "progress"));
            progress.putAll(change);
            List<NamedTensor> model = new ArrayList<>(c.model().tensors());
            if (without != null) {
                model.removeIf(t -> t.name().equals(without));
                model.add(NamedTensor.of("extra", TensorType.f32(1), new float[1], arena));
            }
            store.save(c.step(), model, c.optimizer().tensors(), Map.of("progress", progress));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "step, 6",
        "step, -1",
        "epoch, -1",
        "epoch, 9223372036854775807",
        "batch, 4",
        "batch, -1",
        "batch, 2147483647"
    })
    void aCheckpointThatNoRunCanStandAtIsRefused(String field, long value) throws IOException {
        rewrite(Map.of(field, value), null);
        assertThatThrownBy(() -> Trainer.resume(run(), Tiny.options(20), Tiny.job(), _ -> {})
                        .close())
                .isInstanceOf(RunException.class)
                .hasMessageContainingAll("a checkpoint of step 5 of 20", "cannot stand at");
    }

    @Test
    void aCheckpointWithoutItsFieldsIsRefusedByName() throws IOException {
        rewrite(Map.of("batch", "five"), null);
        assertThatThrownBy(() -> Trainer.resume(run(), Tiny.options(20), Tiny.job(), _ -> {})
                        .close())
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("state.json.progress.batch must be a whole number, found five");
    }

    @Test
    void numbersOutOfTheirRangeAreRefusedByName() throws IOException {
        rewrite(Map.of("error", 1.5), null);
        assertThatThrownBy(() -> Trainer.resume(run(), Tiny.options(20), Tiny.job(), _ -> {})
                        .close())
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("state.json.progress: a training error is in [0, 1]");
    }

    @Test
    void aCheckpointOfAnotherNetworkIsRefusedWithAllThatDiffers() throws IOException {
        rewrite(Map.of(), "fc.bias");
        assertThatThrownBy(() -> Trainer.resume(run(), Tiny.options(20), Tiny.job(), _ -> {})
                        .close())
                .isInstanceOf(WeightsException.class)
                .hasMessageContainingAll("fc.bias is missing", "extra is not in the network");
    }
}
