package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.PlanException;
import org.resnet4j.lrschedule.Schedule;

class TrainerTest {
    @TempDir
    Path folder;

    @Test
    void oneBlockLearnsSixtyFourPicturesByHeart() throws IOException {
        Tiny.Pictures pictures = new Tiny.Pictures(64, 1);
        TrainData data = new TrainData(
                pictures, pictures, new Transform.Evaluate(8), new Transform.Evaluate(8), Normalization.CIFAR10);
        TrainOptions options = TrainOptions.of("tiny", Length.epochs(30), 16, new Schedule.Cosine(0.1, 0, 120), 3)
                .withWorkers(0);
        Tiny.Watcher watcher = new Tiny.Watcher(-1);
        TrainJob job = Tiny.job(Tiny.job().backend(), data);
        try (Trainer trainer = Trainer.start(folder.resolve("run"), options, job, watcher)) {
            assertThat(trainer.train()).isEqualTo(TrainOutcome.FINISHED);
        }
        TrainEvent.Finished finished = watcher.all(TrainEvent.Finished.class).getFirst();
        assertThat(finished.evaluation().samples()).isEqualTo(64);
        assertThat(finished.evaluation().top1Errors()).isZero();
        assertThat(finished.evaluation().loss()).isLessThan(0.2);
        assertThat(watcher.all(TrainEvent.EpochEnded.class)).hasSize(30);
        assertThat(watcher.all(TrainEvent.Step.class)).hasSize(120);
    }

    @Test
    void aShortLastBatchOfTheEvaluationCountsRealSamplesOnly() throws IOException {
        Outcome padded = evaluate(16);
        Outcome single = evaluate(1);
        assertThat(padded.samples()).isEqualTo(21);
        assertThat(padded.errors()).isEqualTo(single.errors());
        assertThat(padded.loss()).isCloseTo(single.loss(), offset(1e-5));
    }

    private record Outcome(long samples, long errors, double loss) {}

    private Outcome evaluate(int batch) throws IOException {
        Path run = folder.resolve("evaluate" + batch);
        try (Trainer t = Trainer.start(run, Tiny.options(3).withEvaluationBatchSize(batch), Tiny.job(), _ -> {})) {
            t.train();
            EpochRow row = t.history().getLast();
            return new Outcome(
                    row.evaluation().samples(),
                    row.evaluation().top1Errors(),
                    row.evaluation().loss());
        }
    }

    @Test
    void aNaNWeightIsReportedInTheSameStepWithItsLayer() throws IOException {
        Path run = folder.resolve("run");
        TrainOptions options = Tiny.options(20).withCheckpoints(new Checkpointing(1, Duration.ZERO, 2));
        Tiny.Watcher watcher = new Tiny.Watcher(-1) {
            @Override
            public void accept(TrainEvent event) {
                super.accept(event);
                if (event instanceof TrainEvent.CheckpointWritten c && c.step() == 4) {
                    float[] nan = new float[6 * 6 * 9];
                    nan[17] = Float.NaN;
                    trainer().parameters().set("layer1.0.conv2.weight", nan);
                }
            }
        };
        try (Trainer trainer = Trainer.start(run, options, Tiny.job(), watcher)) {
            watcher.trainer = trainer;
            NonFiniteLossException e = catchThrowableOfType(NonFiniteLossException.class, trainer::train);
            assertThat(e.place().step()).isEqualTo(5);
            assertThat(e.place().kind()).isEqualTo(NonFiniteLossException.Kind.FORWARD);
            assertThat(e.place().node()).contains("layer1.0.conv2");
            assertThat(e).hasMessageContaining("learning rate 0.05");
        }
        assertThat(watcher.all(TrainEvent.Diverged.class)).hasSize(1);
        assertThat(Files.readString(run.resolve("CURRENT"))).isEqualTo("000000004\n");
        // the last good checkpoint goes on to the end
        try (Trainer trainer = Trainer.resume(run, options, Tiny.job(), _ -> {})) {
            assertThat(trainer.train()).isEqualTo(TrainOutcome.FINISHED);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e6, 1e30})
    void anAbsurdLearningRateStopsTheRunAndWritesNothingNonFinite(double lr) throws IOException {
        Path run = folder.resolve("run");
        TrainOptions options = TrainOptions.of("tiny", Length.steps(200), 8, new Schedule.Constant(lr), 7)
                .withWorkers(0)
                .withCheckpoints(new Checkpointing(1, Duration.ZERO, 500));
        try (Trainer trainer = Trainer.start(run, options, Tiny.job(), _ -> {})) {
            NonFiniteLossException e = catchThrowableOfType(NonFiniteLossException.class, trainer::train);
            assertThat(e.place().lr()).isEqualTo(lr);
        }
        // whatever was written before is finite and loads
        try (Trainer trainer = Trainer.resume(run, options, Tiny.job(), _ -> {})) {
            assertThat(Parameters.allFinite(trainer.parameters().values())).isTrue();
        }
    }

    @Test
    void aPlanThatDoesNotFitIsRefusedWithTheLargestBatchThatDoes() throws IOException {
        Path run = folder.resolve("run");
        Tiny.Watcher watcher = new Tiny.Watcher(-1);
        try (Trainer trainer =
                Trainer.start(folder.resolve("any"), Tiny.options(1).withEvaluationBatchSize(5), Tiny.job(), watcher)) {
            assertThat(trainer.steps()).isEqualTo(1);
        }
        long atEight = watcher.all(TrainEvent.Started.class).getFirst().memory().total();
        TrainOptions tooMany = TrainOptions.of("tiny", Length.steps(1), 32, new Schedule.Constant(1), 7)
                .withWorkers(0)
                .withEvaluationBatchSize(5);
        Throwable refused = catchThrowableOfType(
                PlanException.class,
                () -> Trainer.start(run, tooMany, Tiny.job().withMaxMemoryBytes(atEight), _ -> {}));
        Matcher named = Pattern.compile("the largest batch that fits is (\\d+)").matcher(refused.getMessage());
        assertThat(named.find()).isTrue();
        assertThat(named.group(1)).isEqualTo("8");
        assertThat(run).doesNotExist();
        assertThatThrownBy(() -> Trainer.start(run, tooMany, Tiny.job().withMaxMemoryBytes(1000), _ -> {}))
                .hasMessageContaining("not even a batch of 1 fits");
    }

    @Test
    void dataThatDoesNotFitTheNetworkIsRefused() {
        TrainJob ten = TrainJob.of(
                Network.of(Tiny.SPEC.withClasses(10)),
                Tiny.data(),
                Tiny.job().backend(),
                Tiny.job().provenance());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Trainer.start(folder.resolve("run"), Tiny.options(1), ten, _ -> {}))
                .withMessageContaining("found 10 outputs, 4 classes");
        TrainOptions large = TrainOptions.of("tiny", Length.steps(1), 65, new Schedule.Constant(1), 7);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Trainer.start(folder.resolve("run"), large, Tiny.job(), _ -> {}))
                .withMessageContaining("choose a smaller batch size");
    }
}
