package org.resnet4j.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.record.Provenance;
import org.resnet4j.trainer.Length;
import org.resnet4j.trainer.Network;
import org.resnet4j.trainer.RunRecord;
import org.resnet4j.trainer.TrainData;
import org.resnet4j.trainer.TrainJob;
import org.resnet4j.trainer.TrainOptions;
import org.resnet4j.trainer.Trainer;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;

/** Trains a small network on generated pictures: RUN NATIVE_FOLDER. */
public final class Train {
    static final NetworkSpec SPEC = Models.byName("cifar_resnet8");
    static final TrainOptions OPTIONS =
            TrainOptions.of(SPEC.name(), Length.epochs(2), 64, new Schedule.Constant(0.1), 1);

    private Train() {}

    /** What to train on, and with what. */
    static TrainJob job(String natives) {
        TrainData data = new TrainData(
                Shapes.of(Part.TRAIN).first(512),
                Shapes.of(Part.TEST).first(200),
                new Transform.PadCropFlip(32, 4),
                new Transform.Evaluate(32),
                Normalization.CIFAR10);
        OnednnBackend backend = OnednnBackend.open(Path.of(natives), 2);
        return TrainJob.of(Network.of(SPEC), data, backend, Provenance.collect("example", backend.name(), null));
    }

    /** Trains, and leaves a run and a model folder in it. */
    public static void main(String[] arguments) throws IOException {
        Path run = Path.of(arguments[0]);
        TrainJob job = job(arguments[1]);
        try (Trainer trainer = Trainer.start(run, OPTIONS, job, event -> System.out.println(event))) {
            trainer.train();
        }
        new ModelFolder(
                        SPEC,
                        job.data().train().classNames(),
                        job.data().normalization(),
                        run.resolve("last.safetensors"))
                .write(run.resolve("model"), RunRecord.read(run).madeOf(Set.of()));
    }
}
