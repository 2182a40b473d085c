package org.resnet4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.engine.Layout;
import org.resnet4j.engine.Parameters;
import org.resnet4j.json.Json;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.testkit.GoldenNumbers;

/** Steps of PyTorch's and timm's optimisers in float64: {@code tools/make_optimizer_golden.py}. */
class GoldenOptimizerTest {
    private static final WeightDecay DECAY = new WeightDecay(0.05, 0, 0.01);
    private static final SgdOptions SGD = new SgdOptions(0.9, Momentum.PYTORCH, false, DECAY);
    private static final Clipping NONE = new Clipping.None();

    /** What a case of the file is called here. */
    private record Case(OptimizerOptions options, Clipping clipping) {}

    private static final Map<String, Case> CASES = Map.of(
            "sgd", new Case(SGD, NONE),
            "sgd-nesterov", new Case(new SgdOptions(0.9, Momentum.PYTORCH, true, DECAY), NONE),
            "sgd-decoupled", new Case(new SgdOptions(0.9, Momentum.PYTORCH, false, true, DECAY), NONE),
            "lars", new Case(new LarsOptions(0.9, false, 0.01, DECAY), NONE),
            "lars-nesterov", new Case(new LarsOptions(0.9, true, 0.01, DECAY), NONE),
            "adamw", new Case(AdamWOptions.of(DECAY), NONE),
            "lamb", new Case(LambOptions.of(DECAY), NONE),
            "sgd-clip-norm", new Case(SGD, new Clipping.Norm(2)),
            "sgd-clip-agc", new Case(SGD, new Clipping.Adaptive(0.1)));

    private static Map<String, ?> golden() throws IOException {
        return Json.parseObject(Files.readString(Path.of("src/test/resources/golden/optimizers.json")));
    }

    static Set<String> cases() {
        return CASES.keySet();
    }

    @Test
    void everyCaseOfTheFileIsTried() throws IOException {
        assertThat(Json.object(golden().get("cases"), "cases").keySet()).isEqualTo(CASES.keySet());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stepsAreThoseOfTheOriginal(String name) throws IOException {
        Map<String, ?> golden = golden();
        Map<String, ?> wanted =
                Json.object(Json.object(golden.get("cases"), "cases").get(name), name);
        List<?> rates = list(golden.get("rates"));
        List<?> norms = list(wanted.get("norms"));
        Case tried = Objects.requireNonNull(CASES.get(name));
        double scale = number(wanted.get("scale"));
        try (Parameters p = parameters();
                Optimizer optimizer = Optimizer.of(p, tried.options(), Set.of("bn.weight", "bn.bias"));
                GradientClipper clipper = GradientClipper.of(p, tried.clipping(), "fc")) {
            p.slots().forEach(s -> p.set(s.name(), GoldenNumbers.u(s.name(), count(s))));
            for (int step = 0; step < rates.size(); step++) {
                for (Parameters.Slot slot : p.slots()) {
                    float[] g = GoldenNumbers.u(slot.name() + "#" + step, count(slot));
                    p.setIn(slot.name(), p.gradients(), MemorySegment.ofArray(g));
                }
                clipper.clip();
                optimizer.step(scale * number(rates.get(step)), step + 1);
                List<?> norm = list(norms.get(step));
                for (int i = 0; i < norm.size(); i++) {
                    assertThat(FlatBlocks.norm(p.stored(p.slots().get(i))))
                            .as("%s, step %d, %s", name, step, p.slots().get(i).name())
                            .isCloseTo(number(norm.get(i)), within(2e-6 * number(norm.get(i))));
                }
            }
            Json.object(wanted.get("last"), "last").forEach((parameter, numbers) -> {
                double[] found = p.doubles(parameter);
                List<?> all = list(numbers);
                for (int i = 0; i < found.length; i++) {
                    assertThat(found[i])
                            .as("%s, %s[%d]", name, parameter, i)
                            .isCloseTo(number(all.get(i)), within(3e-6));
                }
            });
        }
    }

    private static List<?> list(@Nullable Object value) {
        return (List<?>) Objects.requireNonNull(value);
    }

    private static double number(@Nullable Object value) {
        return ((Number) Objects.requireNonNull(value)).doubleValue();
    }

    private static int count(Parameters.Slot slot) {
        return Math.toIntExact(slot.type().shape().elements());
    }

    /** In the order of the script; the convolution's output units do not lie one after the other. */
    private static Parameters parameters() {
        Map<String, TensorType> types = new LinkedHashMap<>();
        types.put("conv.weight", TensorType.f32(4, 3, 3, 3));
        types.put("bn.weight", TensorType.f32(4));
        types.put("bn.bias", TensorType.f32(4));
        types.put("fc.weight", TensorType.f32(5, 4));
        types.put("fc.bias", TensorType.f32(5));
        List<Parameters.Request> requests = new ArrayList<>();
        types.forEach((name, type) -> requests.add(new Parameters.Request(
                name, type, true, type.bytes(), name.startsWith("conv") ? new Transposed(4) : Layout.PLAIN)));
        return Parameters.allocate(requests, true);
    }

    /** Output units innermost, as blocked layouts have them. */
    private record Transposed(int units) implements Layout {
        @Override
        public void store(MemorySegment plain, MemorySegment stored) {
            long each = plain.byteSize() / Float.BYTES / units;
            for (long i = 0; i < each * units; i++) {
                stored.setAtIndex(
                        ValueLayout.JAVA_FLOAT,
                        i % each * units + i / each,
                        plain.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i));
            }
        }

        @Override
        public void load(MemorySegment stored, MemorySegment plain) {
            long each = plain.byteSize() / Float.BYTES / units;
            for (long i = 0; i < each * units; i++) {
                plain.setAtIndex(
                        ValueLayout.JAVA_FLOAT,
                        i,
                        stored.getAtIndex(ValueLayout.JAVA_FLOAT, i % each * units + i / each));
            }
        }
    }
}
