package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.checkpoint.CheckpointException;
import org.resnet4j.checkpoint.CheckpointStore;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.weights.StateDict;

class ResumeTest {
    // 8 steps an epoch: 20 steps are two epochs and a half
    private static final TrainOptions OPTIONS =
            Tiny.options(20).withCheckpoints(new Checkpointing(0, Duration.ZERO, 2));

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 5, 8, 13, 16, 19, 20})
    void aRunThatWasStoppedAndResumedHasTheBitsOfOneThatWasNot(long at) throws IOException {
        String whole = Tiny.train(folder.resolve("whole"), OPTIONS, Tiny.job());
        Path run = folder.resolve("parts");
        Tiny.Watcher first = new Tiny.Watcher(at);
        try (Trainer trainer = Trainer.start(run, OPTIONS, Tiny.job(), first)) {
            first.trainer = trainer;
            assertThat(trainer.train()).isEqualTo(TrainOutcome.INTERRUPTED);
        }
        assertThat(first.all(TrainEvent.Interrupted.class)).containsExactly(new TrainEvent.Interrupted(at));
        Tiny.Watcher second = new Tiny.Watcher(-1);
        try (Trainer trainer = Trainer.resume(run, RunRecord.read(run).options(), Tiny.job(), second)) {
            assertThat(trainer.train()).isEqualTo(TrainOutcome.FINISHED);
        }
        assertThat(second.all(TrainEvent.Resumed.class))
                .first()
                .extracting(TrainEvent.Resumed::step)
                .isEqualTo(at);
        assertThat(second.all(TrainEvent.Step.class)).hasSize((int) (20 - at));
        assertThat(Tiny.last(run)).isEqualTo(whole);
        assertThat(withoutSeconds(run)).isEqualTo(withoutSeconds(folder.resolve("whole")));
    }

    private static String withoutSeconds(Path run) throws IOException {
        return Files.readString(run.resolve("summary.csv")).replaceAll(",[^,\n]*\n", "\n");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 8, 13, 23, 24})
    void soItIsWithEverythingSwitchedOn(long at) throws IOException {
        TrainOptions options = Tiny.everything(24).withCheckpoints(new Checkpointing(0, Duration.ZERO, 2));
        Path whole = folder.resolve("whole");
        Tiny.train(whole, options, Tiny.everythingJob());
        Path run = folder.resolve("parts");
        Tiny.Watcher first = new Tiny.Watcher(at);
        try (Trainer trainer = Trainer.start(run, options, Tiny.everythingJob(), first)) {
            first.trainer = trainer;
            assertThat(trainer.train()).isEqualTo(TrainOutcome.INTERRUPTED);
        }
        try (Trainer trainer = Trainer.resume(run, RunRecord.read(run).options(), Tiny.everythingJob(), _ -> {})) {
            assertThat(trainer.train()).isEqualTo(TrainOutcome.FINISHED);
        }
        for (String file : new String[] {"last", "ema", "best"}) {
            assertThat(CheckpointStore.sha256(run.resolve(file + ".safetensors")))
                    .as(file)
                    .isEqualTo(CheckpointStore.sha256(whole.resolve(file + ".safetensors")));
        }
        assertThat(withoutSeconds(run)).isEqualTo(withoutSeconds(whole));
        String other = Tiny.train(folder.resolve("seed"), reseeded(options), Tiny.everythingJob());
        assertThat(other).isNotEqualTo(Tiny.last(whole));
    }

    private static TrainOptions reseeded(TrainOptions o) throws IOException {
        Map<String, @Nullable Object> json = o.toJson();
        json.put("seed", 8L);
        return TrainOptions.fromJson(json);
    }

    @Test
    void stateOfTheScheduleSurvives() throws IOException {
        TrainOptions options = TrainOptions.of(
                        "tiny",
                        Length.epochs(2),
                        8,
                        new Schedule.ErrorWarmup(new Schedule.Constant(0.05), 0.01, 0.97),
                        7)
                .withWorkers(0)
                .withCheckpoints(new Checkpointing(1, Duration.ZERO, 1));
        String whole = Tiny.train(folder.resolve("whole"), options, Tiny.job());
        Path run = folder.resolve("parts");
        for (int at = 2; at <= 16; at += 7) {
            Tiny.Watcher watcher = new Tiny.Watcher(at);
            try (Trainer trainer = at == 2
                    ? Trainer.start(run, options, Tiny.job(), watcher)
                    : Trainer.resume(run, options, Tiny.job(), watcher)) {
                watcher.trainer = trainer;
                trainer.train();
            }
        }
        assertThat(Tiny.last(run)).isEqualTo(whole);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void workersHaveNoInfluence(int workers) throws IOException {
        String alone = Tiny.train(folder.resolve("0"), OPTIONS, Tiny.job());
        assertThat(Tiny.train(folder.resolve("many"), OPTIONS.withWorkers(workers), Tiny.job()))
                .isEqualTo(alone);
    }

    @Test
    void localeTimeZoneAndFolderHaveNoInfluence() throws IOException {
        String here = Tiny.train(folder.resolve("here"), OPTIONS, Tiny.job());
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        for (String tag : new String[] {"tr-TR", "ar-EG-u-nu-arab"}) {
            try {
                Locale.setDefault(Locale.forLanguageTag(tag));
                TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
                Path there = folder.resolve("a longer name ").resolve(tag);
                assertThat(Tiny.train(there, OPTIONS, Tiny.job())).isEqualTo(here);
                for (String file : new String[] {"args.yaml", "run.json"}) {
                    assertThat(there.resolve(file)).hasSameTextualContentAs(folder.resolve("here/" + file));
                }
                assertThat(withoutSeconds(there)).isEqualTo(withoutSeconds(folder.resolve("here")));
            } finally {
                Locale.setDefault(locale);
                TimeZone.setDefault(zone);
            }
        }
    }

    @Test
    void aRunIsNeitherOverwrittenNorChanged() throws IOException {
        Path run = folder.resolve("run");
        TrainOptions short1 = Tiny.options(2);
        String before = Tiny.train(run, short1, Tiny.job());
        assertThatThrownBy(() -> Trainer.start(run, short1, Tiny.job(), _ -> {}))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("resume it, or choose another folder");
        assertThatThrownBy(() -> Trainer.resume(run, short1.withWorkers(3), Tiny.job(), _ -> {}))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("workers was 0 and now is 3");
        TrainData data = Tiny.data();
        TrainData other = new TrainData(
                new Tiny.Pictures(64, 9),
                data.evaluation(),
                data.trainTransform(),
                data.evaluationTransform(),
                data.normalization());
        assertThatThrownBy(() -> Trainer.resume(run, short1, Tiny.job(Tiny.job().backend(), other), _ -> {}))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("the training data's content");
        assertThatThrownBy(() -> Trainer.resume(folder, short1, Tiny.job(), _ -> {}))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("run.json");
        assertThat(Tiny.last(run)).isEqualTo(before);
    }

    @Test
    void aRunHasOneWriter() throws IOException {
        Path run = folder.resolve("run");
        try (Trainer first = Trainer.start(run, OPTIONS, Tiny.job(), _ -> {})) {
            assertThat(first.steps()).isEqualTo(20);
            assertThatThrownBy(() -> Trainer.resume(run, OPTIONS, Tiny.job(), _ -> {}))
                    .isInstanceOf(CheckpointException.class);
        }
    }

    @Test
    void aFinishedRunIsFinished() throws IOException {
        Path run = folder.resolve("run");
        String before = Tiny.train(run, OPTIONS, Tiny.job());
        Tiny.Watcher watcher = new Tiny.Watcher(-1);
        try (Trainer again = Trainer.resume(run, OPTIONS, Tiny.job(), watcher)) {
            assertThat(again.train()).isEqualTo(TrainOutcome.FINISHED);
        }
        assertThat(watcher.all(TrainEvent.Step.class)).isEmpty();
        assertThat(Tiny.last(run)).isEqualTo(before);
    }

    @Test
    void theRunFolderIsAsPromised() throws IOException {
        Path run = folder.resolve("run");
        TrainOptions options = OPTIONS.withInputs(Map.of("data", "quarters"));
        Tiny.train(run, options, Tiny.job());
        for (String file : new String[] {
            "run.json",
            "args.yaml",
            "summary.csv",
            "last.safetensors",
            "best.safetensors",
            "CURRENT",
            "checkpoints/000000020/model.safetensors",
            "checkpoints/000000020/optimizer.safetensors",
            "checkpoints/000000020/state.json"
        }) {
            assertThat(run.resolve(file)).isNotEmptyFile();
        }
        assertThat(RunRecord.read(run).options()).isEqualTo(options);
        assertThat(Files.readString(run.resolve("args.yaml")))
                .contains(
                        "model: \"tiny\"\nsteps: 20\n", "schedule:\n  kind: \"constant\"\n", "  data: \"quarters\"\n");
        assertThat(Files.readAllLines(run.resolve("summary.csv")))
                .hasSize(4)
                .first()
                .isEqualTo(EpochRow.HEADER);
        try (StateDict last = Safetensors.read(run.resolve("last.safetensors"))) {
            assertThat(last.get("bn1.num_batches_tracked").data().getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, 0))
                    .isEqualTo(20);
            assertThat(last.metadata()).containsEntry("resnet4j.model", "tiny").containsEntry("format", "pt");
        }
    }
}
