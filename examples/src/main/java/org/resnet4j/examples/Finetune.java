package org.resnet4j.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.resnet4j.augment.RandomCrop;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Split;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.graph.Phase;
import org.resnet4j.infer.InitialWeights;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.Preprocessing;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.record.Provenance;
import org.resnet4j.trainer.Freezing;
import org.resnet4j.trainer.Length;
import org.resnet4j.trainer.Network;
import org.resnet4j.trainer.RunRecord;
import org.resnet4j.trainer.TrainData;
import org.resnet4j.trainer.TrainJob;
import org.resnet4j.trainer.TrainOptions;
import org.resnet4j.trainer.Trainer;
import org.resnet4j.zoo.NetworkSpec;

/** Fine-tunes the last stage of a pretrained network on class folders: PICTURES WEIGHTS RUN NATIVE_FOLDER. */
public final class Finetune {
    private Finetune() {}

    /** Holds a fifth of each class back, trains, and leaves a model folder in the run. */
    public static void main(String[] arguments) throws IOException {
        Path weights = Path.of(arguments[1]);
        Path run = Path.of(arguments[2]);
        Split split = Split.of(Datasets.open(arguments[0], Part.TRAIN), 0.2, 1);
        try (Pretrained from = Pretrained.open(weights)) {
            NetworkSpec spec =
                    from.spec().withClasses(split.train().classNames().size());
            Preprocessing p = from.preprocessing();
            RandomCrop crop = RandomCrop.Resized.of(spec.inputSize());
            TrainData data = new TrainData(split.train(), split.evaluation(), crop, p.transform(), p.normalization());
            Network network = Network.of(spec, Phase.TRAINING_FROZEN_NORM).frozen(Freezing.ALL_BUT_LAST_STAGE);
            OnednnBackend backend = OnednnBackend.open(Path.of(arguments[3]), 2);
            TrainJob job = TrainJob.of(network, data, backend, Provenance.collect("example", backend.name(), null))
                    .withStart(new InitialWeights(weights, spec, true));
            Schedule rate = new Schedule.Constant(0.01);
            try (Trainer t = Trainer.start(
                    run,
                    TrainOptions.of(spec.name(), Length.epochs(2), 16, rate, 1),
                    job,
                    e -> System.out.println(e))) {
                t.train();
            }
            new ModelFolder(spec, split.train().classNames(), p, run.resolve("last.safetensors"))
                    .write(run.resolve("model"), RunRecord.read(run).madeOf(Set.of()));
        }
    }
}
