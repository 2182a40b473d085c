package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.cost.Cost;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Phase;
import org.resnet4j.json.Json;
import org.resnet4j.tensor.DType;
import org.resnet4j.zoo.Networks;

/**
 * Every kind of ImageNet network at 224 pixels against PyTorch, torchvision and timm in float64: names and shapes of all parameters,
 * logits in evaluation and training, loss, picked entries of every gradient, buffers, and ten SGD losses where there are any.
 */
@Tag("golden")
final class LargeGoldenTest {
    @ParameterizedTest
    @ValueSource(strings = {"resnet18_a", "seresnet50"})
    void onednnIsAsNearAsPytorchsFloat32(String name) throws IOException {
        onednn(name);
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(
            strings = {
                "resnet18_b",
                "resnet34_b",
                "plain34",
                "resnet50_v1",
                "resnet50_v15",
                "resnet152_v15",
                "vgg19",
                "vgg19_bn",
                "resnext50_32x4d",
                "resnet50d",
                "resnetv2_50"
            })
    void onednnOnTheOthers(String name) throws IOException {
        onednn(name);
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(strings = {"resnet18_a", "seresnet50", "resnet50d", "resnetv2_50", "resnext50_32x4d"})
    void referenceAgreesToTheLastDigits(String name) throws IOException {
        GoldenCase golden = GoldenCase.large(name);
        Backend backend = ReferenceBackend.create();
        check(golden, backend, GoldenRun.of(golden, backend, DType.F64, (_, largest) -> 1e-9 * largest, List.of()));
    }

    private static void onednn(String name) throws IOException {
        GoldenCase golden = GoldenCase.large(name);
        Backend backend = OnednnBackend.open(Path.of("target", "natives"), 2);
        check(
                golden,
                backend,
                GoldenRun.of(golden, backend, DType.F32, (tensor, largest) -> float32(golden, tensor, largest)));
    }

    private static void check(GoldenCase golden, Backend backend, List<Deviation> deviations) throws IOException {
        namesAndShapes(golden);
        assertThat(deviations.stream().filter(d -> !d.withinBound()))
                .as(golden.name() + " on " + backend.name())
                .isEmpty();
    }

    private static void namesAndShapes(GoldenCase golden) throws IOException {
        Graph g = Networks.graph(golden.spec(), Phase.INFERENCE);
        assertThat(golden.about().get("parameters")).isEqualTo(Cost.of(g).parameters());
        assertThat(g.parameters().stream().map(Parameter::name))
                .containsExactlyInAnyOrderElementsOf(
                        Json.object(golden.about().get("rules"), "rules").keySet());
        Map<String, ?> tensors = Json.object(golden.about().get("tensors"), "tensors");
        for (Parameter p : g.parameters()) {
            String key = (p.trainable() ? "grad." : "after.") + p.name();
            assertThat(Json.object(tensors.get(key), key).get("shape"))
                    .as(p.name())
                    .isEqualTo(Arrays.stream(p.value().type().shape().dims())
                            .boxed()
                            .toList());
        }
    }

    private static double float32(GoldenCase golden, String tensor, double largest) {
        double eight = 8 * golden.figure(tensor, "f32_dev_max");
        return switch (tensor.substring(0, tensor.indexOf('.'))) {
            case "grad" -> Math.max(eight, 2e-2 * largest);
            case "sgd" -> Math.max(eight, 2e-2);
            case "eval" -> Math.max(eight, 1e-5 * golden.figure(tensor, "rms"));
            // oneDNN sums a batch's statistics in float; PyTorch's own deviation does not have that term.
            default -> Math.max(eight, 2e-5 * largest);
        };
    }
}
