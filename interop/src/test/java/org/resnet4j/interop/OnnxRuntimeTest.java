package org.resnet4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.onnx.OnnxExport;
import org.resnet4j.onnx.OnnxModel;
import org.resnet4j.pass.Passes;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.vgg.VggSpec;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.Networks;

/** ONX-15: what is exported, ONNX Runtime opens and computes the same logits from, and so does this program when it reads it back. */
final class OnnxRuntimeTest {
    /** Of the largest logit, or of 1. */
    private static final double BOUND = 1e-5;

    private static final int BATCH = 3;

    @TempDir
    Path folder;

    /** Every kind of network, batch norm kept. */
    static Stream<Graph> kept() {
        ResNetSpec cifar = Models.residual("cifar_resnet20");
        ResNetSpec resnet50 = Models.residual("resnet50");
        return Stream.of(
                        Models.byName("resnet18").withInputSize(64),
                        resnet50.withInputSize(64),
                        resnet50.withStride(ResNetSpec.Stride.V1).withInputSize(64),
                        Models.byName("wide_resnet50_2").withInputSize(64),
                        Models.byName("resnext50_32x4d").withInputSize(64),
                        Models.byName("seresnext50_32x4d").withInputSize(64),
                        Models.byName("resnet50d").withInputSize(72),
                        Models.byName("resnetv2_50").withInputSize(64),
                        new VggSpec(
                                "vgg_narrow",
                                List.of(1, 1, 2, 2, 2),
                                List.of(8, 16, 32, 32, 32),
                                true,
                                64,
                                0.5,
                                10,
                                224),
                        cifar,
                        cifar.withPad(ResNetSpec.ZeroPad.SPLIT),
                        cifar.withShortcut(ResNetSpec.Shortcut.B),
                        cifar.withShortcut(ResNetSpec.Shortcut.C),
                        Models.byName("cifar_plain20"),
                        Models.byName("cifar_resnetv2_20"),
                        Models.byName("cifar_highway19"))
                .map(spec -> Networks.graph(spec, Phase.INFERENCE));
    }

    static Stream<Graph> networks() {
        return kept().flatMap(g -> Stream.of(g, Passes.run(g, Passes.forInference())));
    }

    static Stream<Graph> others() {
        return Stream.of(Runs.oddments());
    }

    /** oneDNN's own numbers for the networks of the zoo. */
    @ParameterizedTest
    @MethodSource("networks")
    void sameLogits(Graph graph) throws IOException, OrtException {
        check(graph, Runs.onednn());
    }

    /** With batch norm kept, a network comes back node for node. */
    @ParameterizedTest
    @MethodSource("kept")
    void sameGraph(Graph graph) throws IOException {
        Path file = folder.resolve("network.onnx");
        try (Arena arena = Arena.ofConfined()) {
            OnnxExport.write(file, graph, Runs.tensors(graph, arena), Map.of());
        }
        try (OnnxModel model = OnnxModel.read(file)) {
            assertThat(model.graph().nodes()).isEqualTo(graph.nodes());
        }
    }

    /** The reference's for what the zoo does not have, groups among it. */
    @ParameterizedTest
    @MethodSource("others")
    void sameNumbers(Graph graph) throws IOException, OrtException {
        check(graph, ReferenceBackend.create());
    }

    private void check(Graph graph, Backend backend) throws IOException, OrtException {
        Path file = folder.resolve("network.onnx");
        float[] pictures = Runs.pictures(graph, BATCH);
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> tensors = Runs.tensors(graph, arena);
            OnnxExport.write(file, graph, tensors, Map.of("model", graph.name()));
            double[] own = Runs.run(backend, graph, tensors, pictures);
            double runtime = Runs.difference(own, onnxRuntime(file, graph, pictures));
            double back;
            try (OnnxModel model = OnnxModel.read(file)) {
                assertThat(model.metadata()).containsExactly(Map.entry("model", graph.name()));
                back = Runs.difference(own, Runs.run(backend, model.graph(), model.tensors(), pictures));
            }
            System.out.printf("%s: ONNX Runtime %.2e, read back %.2e%n", graph.name(), runtime, back);
            assertThat(runtime).as("ONNX Runtime").isLessThan(BOUND);
            assertThat(back).as("read back").isLessThan(BOUND);
            assertThat(Arrays.stream(own).max().orElse(0)).as("lively logits").isGreaterThan(1e-2);
        }
    }

    private static double[] onnxRuntime(Path file, Graph graph, float[] pictures) throws OrtException, IOException {
        long[] dims = graph.input("input").type().withBatch(BATCH).shape().dims();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(2);
            try (OrtSession session = environment.createSession(Files.readAllBytes(file), options);
                    OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(pictures), dims);
                    OrtSession.Result result = session.run(Map.of("input", input))) {
                FloatBuffer found = ((OnnxTensor) result.get(0)).getFloatBuffer();
                double[] out = new double[found.remaining()];
                for (int i = 0; i < out.length; i++) {
                    out[i] = found.get(i);
                }
                return out;
            }
        }
    }
}
