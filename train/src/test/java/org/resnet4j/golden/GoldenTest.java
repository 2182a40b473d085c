package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.tensor.DType;

/**
 * Forward, loss, gradients, buffers and SGD losses as PyTorch 2.15 computes them in float64 on 128 real pictures. The reference
 * backend must agree to 1e-9; oneDNN's float32 must lie about as near to the truth as PyTorch's own float32 does. Each case
 * writes how far off it was to {@code target/golden/}; {@code results/golden-torch-*.csv} is a record of that.
 */
@Tag("golden")
final class GoldenTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"cifar_resnet20_a", "cifar_resnet20_b", "cifar_resnet20_c", "cifar_plain20", "cifar_resnet56_a"})
    void onednnIsAsNearAsPytorchsFloat32(String name) throws IOException {
        GoldenCase golden = GoldenCase.outside(name);
        OnednnBackend backend = OnednnBackend.open(Path.of("target", "natives"), 2);
        check(
                golden,
                backend,
                GoldenRun.of(golden, backend, DType.F32, (tensor, largest) -> float32(golden, tensor, largest)));
    }

    /** Without the descent, which takes ten times as long as the rest. */
    @ParameterizedTest
    @ValueSource(strings = "cifar_resnet20_a")
    void referenceAgreesToTheLastDigits(String name) throws IOException {
        reference(name, List.of());
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(
            strings = {"cifar_resnet20_a", "cifar_resnet20_b", "cifar_resnet20_c", "cifar_plain20", "cifar_resnet56_a"})
    void referenceAgreesOnAllAndDescendsAlike(String name) throws IOException {
        reference(name, List.of(Descent.PAPER));
    }

    private static void reference(String name, List<Descent> descents) throws IOException {
        GoldenCase golden = GoldenCase.outside(name);
        Backend backend = ReferenceBackend.create();
        check(golden, backend, GoldenRun.of(golden, backend, DType.F64, (_, largest) -> 1e-9 * largest, descents));
    }

    private static void check(GoldenCase golden, Backend backend, List<Deviation> deviations) throws IOException {
        record(golden, backend, deviations);
        assertThat(deviations.stream().filter(d -> !d.withinBound()))
                .as(golden.name() + " on " + backend.name())
                .isEmpty();
    }

    /** The worst of each kind of tensor, as a few lines of CSV. */
    private static void record(GoldenCase golden, Backend backend, List<Deviation> deviations) throws IOException {
        Map<String, List<Deviation>> kinds = new LinkedHashMap<>();
        for (Deviation d : deviations) {
            String first = d.tensor().substring(0, d.tensor().indexOf('.'));
            String kind = first.equals("train") ? d.tensor() : first;
            kinds.computeIfAbsent(kind, _ -> new ArrayList<>()).add(d);
        }
        List<String> lines =
                new ArrayList<>(List.of("case,backend,what,tensors,worst_relative,worst_share_of_bound,tensor"));
        kinds.forEach((kind, all) -> {
            Deviation worst = all.stream()
                    .max(Comparator.comparingDouble(d -> d.absolute() / d.bound()))
                    .orElseThrow();
            double relative =
                    all.stream().mapToDouble(Deviation::relative).max().orElseThrow();
            lines.add(String.format(
                    Locale.ROOT,
                    "%s,%s,%s,%d,%.2e,%.2e,%s",
                    golden.name(),
                    backend.name(),
                    kind,
                    all.size(),
                    relative,
                    worst.absolute() / worst.bound(),
                    worst.tensor()));
        });
        Path folder = Files.createDirectories(Path.of("target", "golden"));
        String part = kinds.containsKey("sgd") ? "" : "-without-descent";
        Files.write(folder.resolve(golden.name() + "-" + backend.name() + part + ".csv"), lines);
    }

    private static double float32(GoldenCase golden, String tensor, double largest) {
        double eight = 8 * golden.figure(tensor, "f32_dev_max");
        return switch (tensor.substring(0, tensor.indexOf('.'))) {
            case "grad" -> Math.max(eight, 0.02 * largest);
            case "sgd" -> Math.max(eight, 2e-2);
            case "eval" -> Math.max(eight, 1e-5 * golden.figure(tensor, "rms"));
            default -> Math.max(eight, 1e-6 * largest);
        };
    }
}
