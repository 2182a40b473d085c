package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.optim.Momentum;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.DType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;

/** NUM-01 to NUM-04: a number that is not finite ends the run in the step that meets it, by name, and reaches no file. */
final class NonFiniteTest {
    @TempDir
    Path folder;

    static Stream<Backend> backends() {
        return Stream.of(OnednnBackend.open(Path.of("target", "natives"), 2), ReferenceBackend.create());
    }

    private static List<String> parameters() {
        return Network.of(Tiny.SPEC).training(Objective.PLAIN.loss()).parameters().stream()
                .map(p -> p.name())
                .toList();
    }

    /** NUM-01 and NUM-04: every parameter and buffer of the network in turn, made bad between two steps. */
    @ParameterizedTest
    @MethodSource("backends")
    void everyLayerIsNamedInTheSameStepAndNoFileIsTouched(Backend backend) throws IOException {
        for (String name : parameters()) {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                Path run = folder.resolve(backend.name() + " " + name + " " + bad);
                NonFiniteLossException e = spoil(run, backend, name, bad);
                String layer = name.substring(0, name.lastIndexOf('.'));
                assertThat(e.place().step()).as("step of %s", name).isEqualTo(4);
                assertThat(e.place().node()).as("place of %s = %s", name, bad).contains(layer);
                assertThat(e.place().kind()).isNotNull();
                assertThat(e).hasMessageContaining("step 4, " + e.place().kind());
                if (name.contains("running")) {
                    assertThat(e.place().kind()).isEqualTo(NonFiniteLossException.Kind.UPDATE);
                }
                assertThat(Files.readString(run.resolve("CURRENT"))).isEqualTo("000000003\n");
                assertFiniteFiles(run);
            }
        }
    }

    private NonFiniteLossException spoil(Path run, Backend backend, String name, float bad) throws IOException {
        TrainOptions options = Tiny.options(20).withCheckpoints(new Checkpointing(1, Duration.ZERO, 2));
        Tiny.Watcher watcher = new Tiny.Watcher(-1) {
            @Override
            public void accept(TrainEvent event) {
                super.accept(event);
                if (event instanceof TrainEvent.CheckpointWritten c && c.step() == 3) {
                    Parameters p = trainer().parameters();
                    double[] old = p.doubles(name);
                    float[] values = new float[old.length];
                    for (int i = 0; i < old.length; i++) {
                        values[i] = i == old.length / 2 ? bad : (float) old[i];
                    }
                    p.set(name, values);
                }
            }
        };
        try (Trainer trainer = Trainer.start(run, options, Tiny.job(backend, Tiny.data()), watcher)) {
            watcher.trainer = trainer;
            NonFiniteLossException e = catchThrowableOfType(NonFiniteLossException.class, trainer::train);
            assertThat(e).as("%s = %s is found", name, bad).isNotNull();
            return e;
        }
    }

    private static void assertFiniteFiles(Path run) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(run)) {
            files = all.filter(p -> p.toString().endsWith(".safetensors")).toList();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(3);
        for (Path file : files) {
            try (StateDict tensors = Safetensors.read(file)) {
                for (NamedTensor t : tensors.tensors()) {
                    if (t.type().dtype() == DType.F32) {
                        float[] values = t.toFloats();
                        for (float v : values) {
                            assertThat(Float.isFinite(v))
                                    .as("%s in %s", t.name(), file)
                                    .isTrue();
                        }
                    }
                }
            }
        }
    }

    /** NUM-01, the third kind: the gradients are finite, the optimiser makes weights that are not. */
    @ParameterizedTest
    @EnumSource(Momentum.class)
    void anUpdateThatOverflowsIsReportedInItsOwnStep(Momentum convention) throws IOException {
        Path run = folder.resolve("run");
        TrainOptions plain = Tiny.options(5).withCheckpoints(new Checkpointing(1, Duration.ZERO, 9));
        TrainOptions options = plain.withDescent(Descent.of(
                new SgdOptions(0.9, convention, false, new WeightDecay(1e-4, 1e-4)),
                new Schedule.LinearWarmup(new Schedule.Constant(1e39), 0.05, 2)));
        try (Trainer trainer = Trainer.start(run, options, Tiny.job(), _ -> {})) {
            NonFiniteLossException e = catchThrowableOfType(NonFiniteLossException.class, trainer::train);
            assertThat(e.place().step()).isEqualTo(2);
            assertThat(e.place().kind()).isEqualTo(NonFiniteLossException.Kind.UPDATE);
            assertThat(e.place().node()).startsWith("parameter ");
            assertThat(parameters()).contains(e.place().node().substring("parameter ".length()));
        }
        assertThat(Files.readString(run.resolve("CURRENT"))).isEqualTo("000000001\n");
        assertFiniteFiles(run);
    }

    /** What the checks rest on: a single bad element anywhere, at any length and alignment. */
    @ParameterizedTest
    @MethodSource("lengths")
    void oneElementIsEnough(int length) {
        float[] values = new float[length];
        Arrays.fill(values, -Float.MAX_VALUE);
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < length; i++) {
                for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                    float[] one = values.clone();
                    assertThat(Parameters.allFinite(arena.allocateFrom(ValueLayout.JAVA_FLOAT, one)))
                            .isTrue();
                    one[i] = bad;
                    assertThat(Parameters.allFinite(arena.allocateFrom(ValueLayout.JAVA_FLOAT, one)))
                            .isFalse();
                }
            }
        }
    }

    static Stream<Integer> lengths() {
        return Stream.of(1, 2, 3, 4, 5, 7, 8, 33);
    }
}
