package org.resnet4j.paper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.image.Image;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.random.Rng;
import org.resnet4j.record.Provenance;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.trainer.Length;
import org.resnet4j.trainer.Network;
import org.resnet4j.trainer.TrainData;
import org.resnet4j.trainer.TrainEvent;
import org.resnet4j.trainer.TrainJob;
import org.resnet4j.trainer.TrainOptions;
import org.resnet4j.trainer.TrainOutcome;
import org.resnet4j.trainer.Trainer;

/** Trains one block on 32 generated pictures of 8x8, whatever network is named; understands the words that a protocol makes. */
final class TinyLaboratory implements Laboratory {
    static final int STOP = 5;

    /** What it was told, in order. */
    final List<String> told = new ArrayList<>();

    /** Of the pictures. */
    long pictures = 1;

    /** No influence on a result. */
    int workers;

    /** The training of this laboratory, from 1, that is stopped after 5 steps; 0 for none. */
    int stopInRun;

    private final Backend backend = ReferenceBackend.create();
    private int training;
    private @Nullable Trainer current;

    private record Quarters(String description, int size, long seed) implements Dataset {
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
            for (int p = 0; p < rgb.length; p++) {
                int quarter = p / 3 / 32 * 2 + p / 3 % 8 / 4;
                rgb[p] = (byte) (rng.nextInt(180) + (quarter == label(i) ? 75 : 0));
            }
            return new Image(8, 8, rgb);
        }
    }

    @Override
    public Training prepare(List<String> words) {
        Map<String, String> given = new LinkedHashMap<>();
        for (int i = 1; i < words.size(); i++) {
            if (words.get(i).contains("=")) {
                given.put(words.get(i).replaceFirst("=.*", ""), words.get(i).replaceFirst(".*=", ""));
            } else {
                given.put(words.get(i), words.get(++i));
            }
        }
        long seed = Long.parseLong(of(given, "--seed"));
        ResNetSpec spec = new ResNetSpec(
                words.getFirst(),
                ResNetSpec.Stem.CIFAR,
                ResNetSpec.Block.BASIC,
                List.of(1),
                List.of(4),
                words.getFirst().contains("plain") ? ResNetSpec.Shortcut.NONE : ResNetSpec.Shortcut.A,
                ResNetSpec.Stride.V1_5,
                ResNetSpec.ZeroPad.APPEND,
                4,
                8,
                false);
        double lr = Double.parseDouble(given.getOrDefault("--lr", "0.05"));
        TrainOptions options = TrainOptions.of(
                        words.getFirst(),
                        Length.steps(Long.parseLong(of(given, "--steps"))),
                        8,
                        new Schedule.Constant(lr),
                        seed)
                .withWorkers(workers)
                .withInputs(Map.of("data", of(given, "--data")));
        TrainData data = new TrainData(
                new Quarters("quarters in " + of(given, "--data"), 32, pictures),
                new Quarters("quarters in " + of(given, "--data"), 16, pictures + 1),
                new Transform.PadCropFlip(8, 1),
                new Transform.Evaluate(8),
                Normalization.CIFAR10);
        TrainJob job = TrainJob.of(Network.of(spec), data, backend, provenance());
        return new Training() {
            @Override
            public TrainOptions options() {
                return options;
            }

            @Override
            public TrainJob job() {
                return job;
            }

            @Override
            public void finish(Path run) throws IOException {
                Files.writeString(run.resolve("finished"), "");
            }
        };
    }

    private static String of(Map<String, String> given, String name) {
        return Objects.requireNonNull(given.get(name), name);
    }

    @Override
    public TrainOutcome train(Trainer trainer) throws IOException {
        training++;
        current = trainer;
        return trainer.train();
    }

    @Override
    public void reused(Turn turn) {
        told.add(turn + " is there: " + turn.name());
    }

    @Override
    public Consumer<TrainEvent> watch(Turn turn) {
        told.add(turn + (turn.begun() ? " goes on: " : " begins: ") + turn.name());
        return event -> {
            if (training == stopInRun && event instanceof TrainEvent.Step step && step.step() == STOP) {
                Objects.requireNonNull(current).requestStop();
            }
        };
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public Provenance provenance() {
        return new Provenance("test", "java", "os", "cpu", 1, backend.name(), null);
    }
}
