package org.resnet4j.trainer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.augment.AutoAugment;
import org.resnet4j.augment.ColourNoise;
import org.resnet4j.augment.CropMode;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.RandomCrop;
import org.resnet4j.augment.Transform;
import org.resnet4j.checkpoint.CheckpointStore;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.image.Image;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.optim.Clipping;
import org.resnet4j.optim.LambOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.random.Rng;
import org.resnet4j.record.Provenance;
import org.resnet4j.resnet.ResNetSpec;

/** The smallest job that has everything: one residual block on 64 generated 8x8 pictures of four classes. */
final class Tiny {
    static final ResNetSpec SPEC = new ResNetSpec(
            "tiny",
            ResNetSpec.Stem.CIFAR,
            ResNetSpec.Block.BASIC,
            List.of(1),
            List.of(6),
            ResNetSpec.Shortcut.A,
            ResNetSpec.Stride.V1_5,
            ResNetSpec.ZeroPad.APPEND,
            4,
            8,
            false);

    private Tiny() {}

    /** Noise with a brighter quarter, which is the class. */
    record Pictures(int size, long seed) implements Dataset {
        @Override
        public String description() {
            return "generated quarters";
        }

        @Override
        public List<String> classNames() {
            return List.of("a", "b", "c", "d");
        }

        @Override
        public int label(int i) {
            return i % 4;
        }

        @Override
        public Image image(int i) {
            Rng rng = Rng.of(seed, i);
            byte[] rgb = new byte[3 * 64];
            for (int p = 0; p < 64; p++) {
                int quarter = p / 32 * 2 + p % 8 / 4;
                for (int c = 0; c < 3; c++) {
                    rgb[3 * p + c] = (byte) (rng.nextInt(180) + (quarter == label(i) ? 75 : 0));
                }
            }
            return new Image(8, 8, rgb);
        }
    }

    static TrainData data() {
        return new TrainData(
                new Pictures(64, 1),
                new Pictures(21, 2), // two batches of 8 and a short one
                new Transform.PadCropFlip(8, 1),
                new Transform.Evaluate(8),
                Normalization.CIFAR10);
    }

    static TrainOptions options(long steps) {
        return TrainOptions.of("tiny", Length.steps(steps), 8, new Schedule.Constant(0.05), 7)
                .withWorkers(0);
    }

    /** Everything that can be switched on, in updates of two batches of 4. */
    static TrainOptions everything(long steps) {
        Schedule plateau = new Schedule.Plateau(0.02, 0.5, 0, 0.1, 0, 0);
        return options(steps)
                .withBatching(new Batching(4, 2, 8))
                .withDescent(new Descent(
                        LambOptions.of(WeightDecay.exceptVectors(0.02)),
                        new Clipping.Norm(0.5),
                        new Schedule.LinearWarmup(plateau, 0.001, 5)))
                .withObjective(new Objective(Objective.Kind.BINARY, 0.1, 0.2, 1, 0))
                .withAveraging(new Averaging(0.9, 2, 3))
                .withPatience(1000);
    }

    /** Stochastic depth, every augmentation, each picture twice in a row. */
    static TrainJob everythingJob() {
        return everythingJob(ReferenceBackend.create());
    }

    static TrainJob everythingJob(Backend backend) {
        ResNetSpec deep = new ResNetSpec(
                        "tiny",
                        SPEC.stem(),
                        SPEC.block(),
                        List.of(3),
                        SPEC.widths(),
                        SPEC.shortcut(),
                        SPEC.stride(),
                        SPEC.pad(),
                        4,
                        8,
                        false)
                .withVariant(v -> v.withStochasticDepth(0.5));
        Transform all = new Transform.Chain(List.of(
                RandomCrop.Resized.of(8),
                new Transform.Flip(),
                new AutoAugment.RandAugment(1, 5),
                new AutoAugment.TrivialAugment(),
                new ColourNoise.Jitter(0.2, 0.2, 0.2),
                new ColourNoise.Pca(0.1),
                new Transform.Erase(0.3, new CropMode.Border(124, 116, 104))));
        TrainData plain = data();
        TrainData data = new TrainData(
                plain.train(), plain.evaluation(), all, plain.evaluationTransform(), plain.normalization(), 2);
        return TrainJob.of(Network.of(deep), data, backend, Provenance.collect("test", backend.name(), null));
    }

    static TrainJob job() {
        return job(ReferenceBackend.create(), data());
    }

    static TrainJob job(Backend backend, TrainData data) {
        return TrainJob.of(Network.of(SPEC), data, backend, Provenance.collect("test", backend.name(), null));
    }

    /** Trains a new run to its end and gives the SHA-256 of its last weights. */
    static String train(Path run, TrainOptions options, TrainJob job) throws IOException {
        try (Trainer trainer = Trainer.start(run, options, job, _ -> {})) {
            trainer.train();
        }
        return last(run);
    }

    static String last(Path run) throws IOException {
        return CheckpointStore.sha256(run.resolve("last.safetensors"));
    }

    /** Collects events, and asks for a stop after step {@code at}. */
    static class Watcher implements Consumer<TrainEvent> {
        final List<TrainEvent> events = new ArrayList<>();
        final long at;

        @Nullable
        Trainer trainer;

        Watcher(long at) {
            this.at = at;
        }

        @Override
        public void accept(TrainEvent event) {
            events.add(event);
            if (event instanceof TrainEvent.Step s && s.step() == at) {
                trainer().requestStop();
            }
        }

        Trainer trainer() {
            return Objects.requireNonNull(trainer);
        }

        <E extends TrainEvent> List<E> all(Class<E> type) {
            return events.stream().filter(type::isInstance).map(type::cast).toList();
        }
    }
}
