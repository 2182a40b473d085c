package org.resnet4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.weights.Limits;

/** Forms of one and the same thing that exporters write, and what they become. */
final class OnnxImportTest {
    @Test
    void fixedBatchIsAnyBatch() throws IOException {
        assertThat(TestFile.small().input(1, 3, 8, 8).read())
                .contains("input %0:input f32[N, 3, 8, 8]")
                .contains("conv2d[k3x3 s1x1 p1x1]", "batchNormInference", "relu")
                .contains(":w f32[4, 3, 3, 3]", "buffer %5:m f32[4]", ":y f32[N, 4, 8, 8] = relu");
    }

    /** A global mean in each form, then rows: one node. */
    @ParameterizedTest
    @CsvSource({
        "17, flatten",
        "17, keep",
        "17, drop",
        "18, keep",
        "18, drop",
        "17, squeeze",
        "11, squeeze",
        "17, reshape",
        "17, view"
    })
    void globalMeanAsRows(int opset, String form) throws IOException {
        TestFile file = TestFile.empty().opset(opset).input(2, 3, 8, 8);
        switch (form) {
            case "flatten" -> file.node("GlobalAveragePool", "x", "p").node("Flatten", "p", "y");
            case "squeeze" -> {
                file.node("GlobalAveragePool", "x", "p");
                if (opset < 13) {
                    file.node("Squeeze", "p", "y", TestFile.ints("axes", 2, 3));
                } else {
                    file.longs("a", -1, -2).node("Squeeze", "p a", "y");
                }
            }
            case "reshape" ->
                file.longs("s", 2, 3).node("GlobalAveragePool", "x", "p").node("Reshape", "p s", "y");
            case "view" -> // x.view(x.size(0), -1), as the older exporter writes it
                file.node("GlobalAveragePool", "x", "p")
                        .node("Shape", "p", "s")
                        .longs("zero", 0)
                        .longs("minus", -1)
                        .node("Gather", "s zero", "n")
                        .node("Concat", "n minus", "t", TestFile.integer("axis", 0))
                        .node("Reshape", "p t", "y");
            default -> {
                if (opset < 18) {
                    file.node(
                            "ReduceMean",
                            "x",
                            "m",
                            TestFile.ints("axes", -1, 2),
                            TestFile.integer("keepdims", form.equals("keep") ? 1 : 0));
                } else {
                    file.longs("a", 2, 3)
                            .node("ReduceMean", "x a", "m", TestFile.integer("keepdims", form.equals("keep") ? 1 : 0));
                }
                file.node("Flatten", "m", "y");
            }
        }
        file.floats("w", new long[] {5, 3}).node("Gemm", "y w", "z", TestFile.integer("transB", 1));
        file.outputs = List.of("z");
        assertThat(file.read().lines().filter(l -> l.contains(" = ")))
                .hasSize(2)
                .anyMatch(l -> l.contains("f32[N, 3] = globalAvgPool(%0)"))
                .anyMatch(l -> l.contains("f32[N, 5] = linear"));
    }

    /** A mean that stays a picture, as in squeeze-and-excitation. */
    @Test
    void globalMeanAsPicture() throws IOException {
        TestFile file = TestFile.empty()
                .floats("w", new long[] {2, 3, 1, 1})
                .node("GlobalAveragePool", "x", "p")
                .node("Conv", "p w", "y");
        assertThat(file.read()).contains("f32[N, 3, 1, 1] = avgPool[k8x8 s1x1 p0x0](%0)", "f32[N, 2, 1, 1] = conv2d");
        TestFile.empty()
                .node("Flatten", "x", "r")
                .node("GlobalAveragePool", "r", "y")
                .refused("GlobalAveragePool: needs a picture");
    }

    /** y = 2 x W + 3 b in each form: [1, 2] by [[1, 2, 3], [4, 5, 6]]. */
    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true"})
    void linearLayers(boolean transB, boolean matMul) throws IOException {
        TestFile file = TestFile.empty().input(0, 2, 1, 1).node("Flatten", "x", "r");
        float[] expected = {1, 4, 2, 5, 3, 6};
        file.floats("b", new long[] {3}, 1, 2, 3);
        if (matMul) {
            file.floats("w", new long[] {2, 3}, 1, 2, 3, 4, 5, 6)
                    .node("MatMul", "r w", "p")
                    .node("Add", "b p", "y");
        } else {
            file.floats(
                            "w",
                            transB ? new long[] {3, 2} : new long[] {2, 3},
                            transB ? expected : new float[] {1, 2, 3, 4, 5, 6})
                    .node(
                            "Gemm",
                            "r w b",
                            "y",
                            TestFile.integer("transB", transB ? 1 : 0),
                            TestFile.real("alpha", 2),
                            TestFile.real("beta", 3));
        }
        int factor = matMul ? 1 : 2;
        try (OnnxModel model = OnnxModel.read(file.bytes(), Limits.DEFAULT, "f")) {
            assertThat(model.tensors()).hasSize(2);
            float[] weights = model.tensors().get(0).toFloats();
            for (int i = 0; i < expected.length; i++) {
                assertThat(weights[i]).isEqualTo(factor * expected[i]);
            }
            assertThat(model.tensors().get(1).toFloats())
                    .containsExactly(matMul ? new float[] {1, 2, 3} : new float[] {3, 6, 9});
            assertThat(model.graph().nodes()).hasSize(2);
        }
    }

    @Test
    void productWithoutBias() throws IOException {
        TestFile file = TestFile.empty()
                .floats("w", new long[] {192, 5})
                .node("Flatten", "x", "r")
                .node("MatMul", "r w", "y");
        assertThat(file.read()).contains("f32[N, 5] = linear");
    }

    /** Slices in one node or two, and pads of whichever version: option A. */
    @ParameterizedTest
    @CsvSource({"9", "10", "17"})
    void optionA(int opset) throws IOException {
        TestFile file = TestFile.empty().opset(opset);
        if (opset == 9) {
            file.node(
                    "Pad", "x", "y", TestFile.ints("pads", 0, 2, 0, 0, 0, 1, 0, 0), TestFile.text("mode", "constant"));
            assertThat(file.read()).contains("f32[N, 6, 8, 8] = padShortcut[s1 2+1](%0)");
            return;
        }
        file.longs("zero", 0)
                .longs("end", Long.MAX_VALUE)
                .longs("two", 2)
                .longs("h", 2)
                .longs("w", -1);
        file.node("Slice", "x zero end h two", "a").node("Slice", "a zero end w two", "b");
        if (opset == 10) {
            file.node("Pad", "b", "y", TestFile.ints("pads", 0, 2, 0, 0, 0, 1, 0, 0));
        } else {
            file.longs("p", 0, 2, 0, 0, 0, 1, 0, 0)
                    .floats("fill", new long[0], 0)
                    .node("Pad", "b p fill", "y");
        }
        assertThat(file.read()).contains("f32[N, 6, 4, 4] = padShortcut[s2 2+1](%0)");
    }

    @Test
    void optionAIsRefusedInOtherForms() {
        TestFile spatial = TestFile.empty().longs("p", 0, 0, 1, 1, 0, 0, 1, 1).node("Pad", "x p", "y");
        spatial.refused("pads must be of channels only");
        TestFile.empty()
                .longs("p", 0, 1, 0, 0, 0, 0, 0, 0)
                .floats("fill", new long[0], 1)
                .node("Pad", "x p fill", "y")
                .refused("value 0");
        TestFile.empty()
                .longs("p", 0, -1, 0, 0, 0, 0, 0, 0)
                .node("Pad", "x p", "y")
                .refused("pads of channels must be 0 to 65536");
        TestFile.empty()
                .longs("one", 1)
                .longs("end", 8)
                .longs("axis", 2)
                .node("Slice", "x one end axis", "y")
                .refused("whole rows and columns");
        TestFile.empty()
                .longs("zero", 0)
                .longs("end", 8)
                .longs("axis", 2)
                .longs("two", 2)
                .node("Slice", "x zero end axis two", "s")
                .node("Relu", "s", "y")
                .refused("every n-th row and column alike");
    }

    @Test
    void highwayGate() throws IOException {
        TestFile file = TestFile.empty()
                .floats("one", new long[0], 1)
                .node("Relu", "x", "t")
                .node("Sigmoid", "x", "g")
                .node("Sub", "one g", "h")
                .node("Mul", "x h", "c")
                .node("Mul", "g t", "m")
                .node("Add", "c m", "y");
        assertThat(file.read()).contains("= gate(%1, %0, %0)");
        TestFile.empty().node("Sigmoid", "x", "y").refused("output y", "gate of a highway");
        TestFile.empty()
                .node("Sigmoid", "x", "g")
                .node("Mul", "g x", "m")
                .node("Add", "m m", "y")
                .refused("Add: Sigmoid is known as the gate of a highway");
        TestFile.empty().node("Mul", "x x", "y").refused("Mul is known with a Sigmoid only");
    }

    @Test
    void whatInferenceLeavesOut() throws IOException {
        TestFile file = TestFile.empty()
                .node("Dropout", "x", "d", TestFile.real("ratio", 0.5f))
                .node("Identity", "d", "i")
                .node("Relu", "i", "y");
        assertThat(file.read().lines().filter(l -> l.contains(" = "))).hasSize(1);
    }

    @Test
    void ceilMode() throws IOException {
        Onnx.AttributeProto[] three = {
            TestFile.ints("kernel_shape", 3, 3), TestFile.ints("strides", 2, 2), TestFile.integer("ceil_mode", 1)
        };
        Onnx.AttributeProto[] two = {
            TestFile.ints("kernel_shape", 2, 2), TestFile.ints("strides", 2, 2), TestFile.integer("ceil_mode", 1)
        };
        TestFile.empty().node("MaxPool", "x", "y", three).refused("ceil_mode must be 0");
        assertThat(TestFile.empty().node("MaxPool", "x", "y", two).read()).contains("f32[N, 3, 4, 4] = maxPool");
        assertThat(TestFile.empty().node("AveragePool", "x", "y", three).read()).contains("f32[N, 3, 4, 4] = avgPool");
        Onnx.AttributeProto[] padded = Arrays.copyOf(three, 4);
        padded[3] = TestFile.ints("pads", 1, 1, 1, 1);
        TestFile.empty().node("AveragePool", "x", "y", padded).refused("ceil_mode must be 0");
    }

    /** Squeeze-and-excitation as timm has it: x * sigmoid(conv(mean(x))). */
    @Test
    void channelGate() throws IOException {
        TestFile file = TestFile.empty()
                .floats("w", new long[] {3, 3, 1, 1})
                .node("ReduceMean", "x", "m", TestFile.ints("axes", 2, 3))
                .node("Conv", "m w", "c")
                .node("Sigmoid", "c", "g")
                .node("Mul", "x g", "s")
                .node("Relu", "s", "y");
        assertThat(file.read()).contains(":s f32[N, 3, 8, 8] = channelGate(%0, %3)");
        // Of one pixel it could have been half of a highway as well.
        assertThat(file.input(0, 3, 1, 1).read()).contains(":s f32[N, 3, 1, 1] = channelGate(%0, %3)");
    }

    /** Floats in the typed field and half floats, both as old exporters write them. */
    @Test
    void typedNumbers() throws IOException {
        WireWriter floats = tensor("s", 1);
        floats.bytes(4, MemorySegment.ofArray(new byte[] {0, 0, -128, 63, 0, 0, 0, 64, 0, 0, 64, 64}));
        assertThat(scale(floats)).containsExactly(1, 2, 3);
        WireWriter unpacked = tensor("s", 1);
        for (float f : new float[] {1, 2, 3}) {
            unpacked.fixed32(4, Float.floatToRawIntBits(f));
        }
        assertThat(scale(unpacked)).containsExactly(1, 2, 3);
        WireWriter half = tensor("s", 10);
        half.bytes(
                5,
                MemorySegment.ofArray(new byte[] {-128, 120, -128, -128, 1, -128, -124, 1})); // 0x3c00, 0x4000, 0x4200
        assertThat(scale(half)).containsExactly(1, 2, 3);
        WireWriter wrong = tensor("s", 1);
        wrong.bytes(7, MemorySegment.ofArray(new byte[] {1, 2, 3}));
        TestFile.refused(withScale(wrong), "must be in field 4, found 7");
        WireWriter few = tensor("s", 1);
        few.bytes(4, MemorySegment.ofArray(new byte[8]));
        TestFile.refused(withScale(few), "needs 12 bytes, found 8");
        WireWriter texts = tensor("s", 8);
        TestFile.refused(withScale(texts), "data type must be");
    }

    private static WireWriter tensor(String name, int dataType) {
        WireWriter w = new WireWriter();
        w.varint(1, 3);
        w.varint(2, dataType);
        w.text(8, name);
        return w;
    }

    /** A batch norm whose scale is this tensor. */
    private static byte[] withScale(WireWriter scale) {
        TestFile file = TestFile.empty()
                .floats("b", new long[] {3})
                .floats("m", new long[] {3})
                .floats("v", new long[] {3})
                .node("BatchNormalization", "x s b m v", "y");
        file.written.add(scale);
        return file.bytes();
    }

    private static float[] scale(WireWriter scale) throws IOException {
        try (OnnxModel model = OnnxModel.read(withScale(scale), Limits.DEFAULT, "f")) {
            return model.tensors().getFirst().toFloats();
        }
    }
}
