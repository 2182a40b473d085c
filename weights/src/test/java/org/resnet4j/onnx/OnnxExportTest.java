package org.resnet4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.pass.Passes;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;

/** What is written, byte for byte and read back; that others read it too is the interop module's test. */
final class OnnxExportTest {
    @TempDir
    Path folder;

    private static Graph network(Phase phase) {
        GraphBuilder b = GraphBuilder.of("tiny", phase);
        Value x = b.input("input", TensorType.f32(Shape.BATCH, 3, 8, 8));
        x = b.relu("relu", b.batchNorm("bn1", b.conv2d("conv1", x, 4, Window.square(3, 1, 1))));
        x = b.maxPool("maxpool", x, Window.square(2, 2, 0));
        Value shortcut =
                b.add("layer1.downsample", new Op.PadShortcut(2, 1, 3), x).getFirst();
        Value y = b.batchNorm("layer1.bn1", b.conv2d("layer1.conv1", x, 8, Window.square(3, 2, 1)));
        x = b.relu("layer1", b.add("layer1.add", y, shortcut));
        x = b.add("layer2", new Op.Gate(), x, x, x).getFirst();
        return b.build(b.linear("fc", b.dropout("drop", b.globalAvgPool("avgpool", x), 0.5), 5));
    }

    private static List<NamedTensor> tensors(Graph graph, Arena arena) {
        List<NamedTensor> all = new ArrayList<>();
        for (Parameter p : graph.parameters()) {
            float[] values = new float[(int) p.value().type().shape().elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (i + all.size()) % 7 * 0.25f + 0.5f;
            }
            all.add(NamedTensor.of(p.name(), p.value().type(), values, arena));
        }
        return all;
    }

    @Test
    void readBackIsTheSameGraphAndNumbers() throws IOException {
        Graph graph = network(Phase.INFERENCE);
        Path file = folder.resolve("a b.onnx");
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> tensors = tensors(graph, arena);
            OnnxExport.write(file, graph, tensors, Map.of("model", "tiny", "classes", "a\nb"));
            try (OnnxModel model = OnnxModel.read(file)) {
                assertThat(model.graph().nodes()).isEqualTo(graph.nodes());
                assertThat(model.graph().toString()).isEqualTo(graph.toString());
                assertThat(model.metadata())
                        .containsExactlyInAnyOrderEntriesOf(Map.of("model", "tiny", "classes", "a\nb"));
                assertThat(model.tensors())
                        .extracting(NamedTensor::name)
                        .containsExactlyElementsOf(
                                tensors.stream().map(NamedTensor::name).toList());
                for (int i = 0; i < tensors.size(); i++) {
                    assertThat(model.tensors().get(i).toFloats())
                            .containsExactly(tensors.get(i).toFloats());
                }
            }
        }
        assertThat(folder).isDirectoryNotContaining(p -> p.toString().endsWith(".tmp"));
    }

    @Test
    void sameBytesEachTime() throws IOException {
        Graph graph = network(Phase.INFERENCE);
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> tensors = new ArrayList<>(tensors(graph, arena));
            OnnxExport.write(folder.resolve("1"), graph, tensors, Map.of("a", "1", "b", "2"));
            Collections.reverse(tensors);
            OnnxExport.write(folder.resolve("2"), graph, tensors, Map.of("b", "2", "a", "1"));
        }
        assertThat(Files.mismatch(folder.resolve("1"), folder.resolve("2"))).isEqualTo(-1);
    }

    /** Folded, the convolution keeps its names, batch norm is gone, and so are its tensors. */
    @Test
    void foldedConvolutionsKeepTheirNames() throws IOException {
        Graph graph = network(Phase.INFERENCE);
        Path file = folder.resolve("folded.onnx");
        try (Arena arena = Arena.ofConfined()) {
            OnnxExport.write(file, Passes.run(graph, Passes.forInference()), tensors(graph, arena), Map.of());
        }
        try (OnnxModel model = OnnxModel.read(file)) {
            assertThat(model.tensors())
                    .extracting(NamedTensor::name)
                    .containsExactlyInAnyOrder(
                            "conv1.weight",
                            "conv1.bias",
                            "layer1.conv1.weight",
                            "layer1.conv1.bias",
                            "fc.weight",
                            "fc.bias");
            assertThat(model.graph().toString()).doesNotContain("batchNorm").contains(":layer1 f32[N, 8, 2, 2] = relu");
            // conv1, channel 0: scale 0.75, shift 1, mean 1.25, variance 1.5 as tensors() gives them.
            double factor = 0.75 / Math.sqrt(1.5 + 1e-5);
            assertThat(model.tensors().get(0).toFloats()[0]).isEqualTo((float) (0.5f * factor));
            assertThat(model.tensors().get(1).toFloats()[0]).isEqualTo((float) (1 - 1.25 * factor));
        }
    }

    @Test
    void otherFloatingTypesAreWidened() throws IOException {
        GraphBuilder b = GraphBuilder.of("half", Phase.INFERENCE);
        Value x = b.input("input", TensorType.f32(Shape.BATCH, 1, 1, 1));
        Graph graph = b.build(b.conv2d("conv1", x, 1, Window.square(1, 1, 0)));
        Path file = folder.resolve("half.onnx");
        try (Arena arena = Arena.ofConfined()) {
            TensorType type = TensorType.of(DType.F16, 1, 1, 1, 1);
            OnnxExport.write(
                    file,
                    graph,
                    List.of(new NamedTensor(
                            "conv1.weight", type, arena.allocateFrom(ValueLayout.JAVA_SHORT, (short) 0x3c00))),
                    Map.of());
        }
        try (OnnxModel model = OnnxModel.read(file)) {
            assertThat(model.tensors().getFirst().type()).isEqualTo(TensorType.f32(1, 1, 1, 1));
            assertThat(model.tensors().getFirst().toFloats()).containsExactly(1);
        }
    }

    @Test
    void refusals() {
        Graph graph = network(Phase.INFERENCE);
        Path file = folder.resolve("no.onnx");
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> tensors = new ArrayList<>(tensors(graph, arena));
            tensors.set(0, NamedTensor.of("conv1.weight", TensorType.f32(1), new float[1], arena));
            tensors.removeLast();
            assertThatThrownBy(() -> OnnxExport.write(file, graph, tensors, Map.of()))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("conv1.weight must be [4, 3, 3, 3], found [1]")
                    .hasMessageContaining("fc.bias is missing");
            Graph training = network(Phase.TRAINING);
            assertThatThrownBy(() -> OnnxExport.write(file, training, tensors(training, arena), Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bn1: a network for inference is exported, found batchNorm");
        }
        assertThat(file).doesNotExist();
    }

    /** Byte for byte what onnx 1.23 for Python writes. */
    @Test
    void bytesOfTheSmallestNetwork() throws IOException {
        GraphBuilder b = GraphBuilder.of("g", Phase.INFERENCE);
        Graph graph = b.build(b.relu("y", b.input("x", TensorType.f32(Shape.BATCH, 2, 3, 4))));
        Path file = folder.resolve("relu.onnx");
        OnnxExport.write(file, graph, List.of(), Map.of("k", "v"));
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(file))).isEqualTo(PYTHON);
    }

    private static final String PYTHON =
            "080812087265736e6574346a3a500a0f0a01781201791a0179220452656c751201675a1c0a017812170a15080112110a"
                    + "0312014e0a0208020a0208030a020804621c0a017912170a15080112110a0312014e0a0208020a0208030a0208044204"
                    + "0a00101172060a016b120176";
}
