package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.record.Provenance;
import org.resnet4j.zoo.Models;

/** The same promises with the fast backend, on a network of eight layers and generated pictures of 32x32. */
class OnednnTrainTest {
    private static final TrainOptions OPTIONS = TrainOptions.of(
                    "cifar_resnet8", Length.steps(12), 16, new Schedule.Constant(0.05), 5)
            .withEvaluationBatchSize(12)
            .withCheckpoints(new Checkpointing(0, Duration.ZERO, 2));

    @TempDir
    Path folder;

    private static TrainJob job() {
        return job(onednn());
    }

    static TrainJob job(OnednnBackend backend) {
        TrainData data = new TrainData(
                Shapes.of(Part.TRAIN).first(64),
                Shapes.of(Part.TEST).first(20),
                new Transform.PadCropFlip(32, 4),
                new Transform.Evaluate(32),
                Normalization.CIFAR10);
        return TrainJob.of(
                Network.of(Models.byName("cifar_resnet8")), data, backend, Provenance.collect("test", "onednn", null));
    }

    private static OnednnBackend onednn() {
        return OnednnBackend.open(Path.of("target", "natives"), 2);
    }

    @Test
    void twoRunsAndAResumedOneHaveTheSameBits() throws IOException {
        String first = Tiny.train(folder.resolve("first"), OPTIONS, job());
        assertThat(Tiny.train(folder.resolve("second"), OPTIONS, job())).isEqualTo(first);
        assertThat(inParts(OPTIONS, OnednnTrainTest::job)).isEqualTo(first);
    }

    @Test
    void soItIsWithEverythingSwitchedOn() throws IOException {
        TrainOptions options = Tiny.everything(20).withCheckpoints(new Checkpointing(0, Duration.ZERO, 2));
        String first = Tiny.train(folder.resolve("first"), options, Tiny.everythingJob(onednn()));
        assertThat(inParts(options, () -> Tiny.everythingJob(onednn()))).isEqualTo(first);
    }

    private String inParts(TrainOptions options, Supplier<TrainJob> job) throws IOException {
        Path run = folder.resolve("parts");
        for (long at : new long[] {3, 7, -1}) {
            Tiny.Watcher watcher = new Tiny.Watcher(at);
            try (Trainer trainer = at == 3
                    ? Trainer.start(run, options, job.get(), watcher)
                    : Trainer.resume(run, options, job.get(), watcher)) {
                watcher.trainer = trainer;
                trainer.train();
            }
        }
        return Tiny.last(run);
    }

    @Test
    void lossesAreThoseOfTheReference() throws IOException {
        List<TrainEvent.Step> fast = steps(Tiny.job(onednn(), Tiny.data()));
        List<TrainEvent.Step> exact = steps(Tiny.job());
        for (int i = 0; i < exact.size(); i++) {
            // Rounding differs and training amplifies it: tight at first, loose later.
            assertThat(fast.get(i).loss())
                    .as("step %d", i + 1)
                    .isCloseTo(exact.get(i).loss(), offset(i < 3 ? 1e-5 : 1e-2));
        }
    }

    private List<TrainEvent.Step> steps(TrainJob job) throws IOException {
        Tiny.Watcher watcher = new Tiny.Watcher(-1);
        try (Trainer trainer = Trainer.start(folder.resolve(job.backend().name()), Tiny.options(10), job, watcher)) {
            trainer.train();
        }
        return watcher.all(TrainEvent.Step.class);
    }

    @Test
    void aNaNWeightIsReportedWithItsLayer() throws IOException {
        try (Trainer trainer = Trainer.start(folder.resolve("run"), OPTIONS, job(), _ -> {})) {
            float[] nan = new float[64 * 32 * 9];
            nan[1000] = Float.NaN;
            trainer.parameters().set("layer3.0.conv1.weight", nan);
            NonFiniteLossException e = catchThrowableOfType(NonFiniteLossException.class, trainer::train);
            assertThat(e.place().step()).isEqualTo(1);
            assertThat(e.place().node()).contains("layer3.0.conv1");
        }
    }
}
