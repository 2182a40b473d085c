package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.optim.Momentum;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.record.Provenance;
import org.resnet4j.zoo.Models;

/** ResNet-20 learns the generated shapes, where a linear classifier does not ({@code data}'s ShapesTest). */
@Tag("slow")
class ShapesLearningTest {
    private static final Path NATIVE = Path.of(System.getProperty("user.home"), ".cache", "resnet4j", "native");

    @Test
    void resnet20PassesNinetyFivePercent(@TempDir Path folder) throws IOException {
        OnednnBackend backend = OnednnBackend.open(NATIVE, Runtime.getRuntime().availableProcessors());
        TrainData data = new TrainData(
                Shapes.of(Part.TRAIN),
                Shapes.of(Part.TEST),
                new Transform.PadCropFlip(32, 4),
                new Transform.Evaluate(32),
                Normalization.CIFAR10);
        TrainOptions options = TrainOptions.of(
                        "cifar_resnet20", Length.epochs(6), 128, new Schedule.Cosine(0.1, 0, 936), 1)
                .withOptimizer(new SgdOptions(0.9, Momentum.PYTORCH, false, WeightDecay.everywhere(5e-4)))
                .withWorkers(1);
        TrainJob job = TrainJob.of(
                Network.of(Models.byName("cifar_resnet20")),
                data,
                backend,
                Provenance.collect("test", backend.name(), null));
        try (Trainer trainer = Trainer.start(folder.resolve("run"), options, job, _ -> {})) {
            assertThat(trainer.train()).isEqualTo(TrainOutcome.FINISHED);
            double top1 = trainer.history().getLast().evaluation().top1();
            System.out.printf("shapes, ResNet-20 after 6 epochs: %.2f %% of the test set%n", top1);
            assertThat(top1).isGreaterThan(95);
        }
    }
}
