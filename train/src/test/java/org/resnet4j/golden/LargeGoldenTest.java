package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.cost.Cost;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.json.Json;
import org.resnet4j.optim.Momentum;
import org.resnet4j.optim.Optimizer;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import org.resnet4j.pass.Passes;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.DType;
import org.resnet4j.testkit.GoldenNumbers;
import org.resnet4j.vgg.VggSpec;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/**
 * Every kind of ImageNet network at 224 pixels against PyTorch, torchvision and timm in float64: names and shapes of all parameters,
 * logits in evaluation and training, loss, picked entries of every gradient, buffers, and ten SGD losses where there are any. Four
 * pictures from the generator by name; bounds as in {@link GoldenTest}.
 */
@Tag("golden")
final class LargeGoldenTest {
    private final List<String> wrong = new ArrayList<>();
    private Map<String, Object> about = Map.of();

    private static NetworkSpec spec(String name) {
        return switch (name) {
            case "resnet18_a" -> Models.residual("resnet18").withShortcut(Shortcut.A);
            case "resnet18_b" -> Models.byName("resnet18");
            case "resnet34_b" -> Models.byName("resnet34");
            case "resnet50_v1" -> Models.residual("resnet50").withStride(Stride.V1);
            case "resnet50_v15" -> Models.byName("resnet50");
            case "resnet152_v15" -> Models.byName("resnet152");
            // The golden files were made without dropout.
            case "vgg19", "vgg19_bn" ->
                Models.byName(name) instanceof VggSpec s ? s.withDropout(0) : Models.byName(name);
            default -> Models.byName(name);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18_a", "seresnet50"})
    void onednnIsAsNearAsPytorchsFloat32(String name) throws IOException {
        check(name, OnednnBackend.open(Path.of("target", "natives"), 2), DType.F32);
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
        check(name, OnednnBackend.open(Path.of("target", "natives"), 2), DType.F32);
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(strings = {"resnet18_a", "seresnet50", "resnet50d", "resnetv2_50", "resnext50_32x4d"})
    void referenceAgreesToTheLastDigits(String name) throws IOException {
        check(name, ReferenceBackend.create(), DType.F64);
    }

    private void check(String name, Backend backend, DType type) throws IOException {
        Path folder = GoldenCase.data().resolve("golden").resolve("torch");
        about = Json.parseObject(Files.readString(folder.resolve(name + ".json")));
        try (Safetensors truth = Safetensors.read(folder.resolve(name + ".safetensors"))) {
            namesAndShapes(spec(name));
            evaluate(spec(name), backend, type, truth);
            train(spec(name), backend, type, truth);
            if (integer("steps") > 0 && type == DType.F32) {
                descend(spec(name), backend, truth);
            }
        }
        assertThat(wrong).as(name + " on " + backend.name()).isEmpty();
    }

    private int integer(String name) {
        return ((Number) Objects.requireNonNull(about.get(name))).intValue();
    }

    private void namesAndShapes(NetworkSpec spec) throws IOException {
        Graph g = Networks.graph(spec, Phase.INFERENCE);
        assertThat(Cost.of(g).parameters()).isEqualTo(integer("parameters"));
        Map<String, ?> rules = Json.object(about.get("rules"), "rules");
        assertThat(g.parameters().stream().map(p -> p.name()).toList())
                .containsExactlyInAnyOrderElementsOf(rules.keySet());
        Map<String, ?> tensors = Json.object(about.get("tensors"), "tensors");
        for (var p : g.parameters()) {
            String key = (p.trainable() ? "grad." : "after.") + p.name();
            assertThat(Json.object(tensors.get(key), key).get("shape"))
                    .as(p.name())
                    .isEqualTo(dims(p.value().type().shape().dims()));
        }
    }

    private static List<Long> dims(long[] dims) {
        List<Long> list = new ArrayList<>();
        for (long d : dims) {
            list.add(d);
        }
        return list;
    }

    private void evaluate(NetworkSpec spec, Backend backend, DType type, Safetensors truth) throws IOException {
        Graph g = Passes.run(Networks.graph(spec, Phase.INFERENCE), Passes.forInference())
                .withFloats(type)
                .withBatch(integer("batch"));
        try (Session session = backend.compile(g).open()) {
            fill(session);
            session.input("input").set(pictures(0));
            session.run();
            compare(truth, "eval.logits", session.output(spec.classifier()).toDoubles(), type);
        }
    }

    private Graph training(NetworkSpec spec, DType type) {
        Graph forward = Passes.run(Networks.trainingGraph(spec, Phase.TRAINING, 0), Passes.forTraining());
        return Gradients.of(forward, forward.output("loss")).withFloats(type).withBatch(integer("batch"));
    }

    private void train(NetworkSpec spec, Backend backend, DType type, Safetensors truth) throws IOException {
        Graph g = training(spec, type);
        try (Session session = backend.compile(g).open()) {
            fill(session);
            batch(session, 0);
            session.run();
            compare(truth, "train.logits", session.output(spec.classifier()).toDoubles(), type);
            compare(truth, "train.loss", session.output("loss").toDoubles(), type);
            Parameters p = session.parameters();
            for (Graph.Binding b : g.gradients()) {
                picked(
                        truth,
                        "grad." + b.parameter().name(),
                        p.gradientDoubles(b.parameter().name()),
                        type);
            }
            for (Graph.Binding b : g.updates()) {
                picked(
                        truth,
                        "after." + b.parameter().name(),
                        p.doubles(b.parameter().name()),
                        type);
            }
        }
    }

    private void descend(NetworkSpec spec, Backend backend, Safetensors truth) throws IOException {
        Graph g = training(spec, DType.F32);
        SgdOptions options = new SgdOptions(0.9, Momentum.PYTORCH, false, WeightDecay.everywhere(1e-4));
        double[] losses = new double[integer("steps")];
        try (Session session = backend.compile(g).open();
                Optimizer sgd = Optimizer.of(session.parameters(), options, WeightDecay.normParameters(g))) {
            fill(session);
            for (int s = 0; s < losses.length; s++) {
                batch(session, s);
                session.run();
                losses[s] = session.output("loss").toDoubles()[0];
                sgd.step(0.01, s + 1);
                session.parametersChanged();
            }
        }
        compare(truth, "sgd.losses", losses, DType.F32);
    }

    private void fill(Session session) throws IOException {
        Map<String, ?> rules = Json.object(about.get("rules"), "rules");
        for (Parameters.Slot slot : session.parameters().slots()) {
            String rule = Objects.requireNonNull((String) rules.get(slot.name()), slot.name());
            session.parameters()
                    .set(
                            slot.name(),
                            GoldenNumbers.value(slot.name(), slot.type().shape().dims(), rule));
        }
        session.parametersChanged();
    }

    private void batch(Session session, int step) {
        int[] labels = new int[integer("batch")];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (i * 389 + step * 97 + 7) % integer("classes");
        }
        session.input("input").set(pictures(step));
        session.input("targets").set(labels);
    }

    private float[] pictures(int step) {
        int size = integer("size");
        float[] x = GoldenNumbers.u("input" + step, integer("batch") * 3 * size * size);
        for (int i = 0; i < x.length; i++) {
            x[i] *= 1.7f;
        }
        return x;
    }

    private void picked(Safetensors truth, String name, double[] all, DType type) throws IOException {
        int[] at = GoldenNumbers.pick(name, all.length);
        double[] some = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            some[i] = all[at[i]];
        }
        compare(truth, name, some, type);
    }

    /** Bounds: float64 1e-9 relative; float32 a small multiple of what PyTorch's own float32 is off. */
    private void compare(Safetensors truth, String name, double[] found, DType type) throws IOException {
        String key = truth.find(name) == null ? name + "@picked" : name;
        double[] expected = truth.get(key).toDoubles();
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            double off = Math.abs(expected[i] - found[i]);
            worst = off <= worst ? worst : off;
        }
        double bound = type == DType.F64 ? 1e-9 * largest : float32Bound(name, largest);
        if (!(worst <= bound) || expected.length != found.length) {
            wrong.add(name + " is off by " + worst + ", bound " + bound + ", largest " + largest);
        }
    }

    private double float32Bound(String name, double largest) throws IOException {
        Map<String, ?> facts =
                Json.object(Json.object(about.get("tensors"), "tensors").get(name), name);
        double eight = 8 * ((Number) Objects.requireNonNull(facts.get("f32_dev_max"))).doubleValue();
        double rms = ((Number) Objects.requireNonNull(facts.get("rms"))).doubleValue();
        return switch (name.substring(0, name.indexOf('.'))) {
            case "grad" -> Math.max(eight, 2e-2 * largest);
            case "sgd" -> Math.max(eight, 2e-2);
            case "eval" -> Math.max(eight, 1e-5 * rms);
            // oneDNN sums a batch's statistics in float; PyTorch's own deviation does not have that term.
            default -> Math.max(eight, 2e-5 * largest);
        };
    }
}
