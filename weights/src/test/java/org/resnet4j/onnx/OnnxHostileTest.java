package org.resnet4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.onnx.Onnx.NodeProto;
import org.resnet4j.onnx.Onnx.OperatorSetId;
import org.resnet4j.onnx.Onnx.ValueInfoProto;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.WeightsException;

/** The hostile files ONX-01 to ONX-14 of the reliability catalogue, and files changed at random. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class OnnxHostileTest {
    /** A model whose graph has one initializer, put together from these fields. */
    private static byte[] withTensor(Consumer<WireWriter> fields) {
        WireWriter tensor = new WireWriter();
        fields.accept(tensor);
        WireWriter graph = new WireWriter();
        graph.message(5, tensor);
        return model(graph);
    }

    private static byte[] model(WireWriter graph) {
        return TestFile.model(TestFile.bytes(graph), List.of(new OperatorSetId("", 17)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "/etc/passwd",
                "C:\\x",
                "\\\\host\\x",
                "..\\x",
                "%2e%2e%2fx",
                "a\0b",
                "/dev/zero",
                "/proc/self/mem",
                "w.bin"
            })
    void onx01And02ExternalDataIsNeverLookedAt(String location) {
        WireWriter entry = new WireWriter();
        entry.text(1, "location");
        entry.text(2, location);
        Consumer<WireWriter> tensor = t -> {
            t.varint(1, 2);
            t.varint(2, 1);
            t.text(8, "w");
        };
        TestFile.refused(withTensor(tensor.andThen(t -> t.message(13, entry))), "external data", "w");
        TestFile.refused(withTensor(tensor.andThen(t -> t.varint(14, 1))), "external data");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 9, 16})
    void onx03RawDataOfAnotherLength(int bytes) {
        TestFile.refused(
                withTensor(t -> {
                    t.varint(1, 2);
                    t.varint(2, 1);
                    t.text(8, "w");
                    t.bytes(9, MemorySegment.ofArray(new byte[bytes]));
                }),
                "needs 8 bytes, found " + bytes);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, 1L << 62, 1L << 31, Long.MAX_VALUE})
    void onx04Dimensions(long d) throws IOException {
        TestFile.refused(
                withTensor(t -> {
                    t.varint(1, 2);
                    t.varint(1, d);
                    t.varint(2, 1);
                    t.bytes(9, MemorySegment.ofArray(new byte[8]));
                }),
                "dimensions must be");
        TestFile.small().input(1, 3, d, 8).refused("must be FLOAT [N, C, H, W]");
    }

    @Test
    void onx04TooManyDimensions() {
        TestFile.refused(
                withTensor(t -> {
                    for (int i = 0; i < 13; i++) {
                        t.varint(1, 1);
                    }
                }),
                "at most 12 dimensions");
    }

    @Test
    void onx05Cycles() {
        TestFile.empty().node("Relu", "y", "a").node("Relu", "a", "y").refused("by a cycle", "found y");
        TestFile.empty().node("Relu", "y", "y").refused("by a cycle");
    }

    @Test
    void onx06MissingTensors() {
        TestFile.empty().node("Add", "x nowhere", "y").refused("nowhere, which nothing makes");
        TestFile.empty().node("Relu", "x", "z").refused("outputs", "found y");
        TestFile unnamed = TestFile.small();
        unnamed.outputs = List.of("");
        unnamed.refused("outputs");
        TestFile.empty().node("Add", "x", "y").refused("needs an operand 1");
        TestFile.empty().node("Add", "x -", "y").refused("needs an operand 1");
    }

    @Test
    void onx07SameOutputTwice() {
        TestFile.empty().node("Relu", "x", "y").node("Relu", "x", "y").refused("made once", "y again");
        TestFile.empty().node("Relu", "x", "x").refused("x again");
        TestFile.small().floats("w", new long[] {1}).refused("w again");
    }

    /** An If whose branch has an If, ten thousand deep: passed over, not descended into. */
    @Test
    void onx08Recursion() {
        WireWriter node = new WireWriter();
        node.text(1, "x");
        node.text(2, "z");
        node.text(4, "If");
        byte[] nodeFields = TestFile.bytes(node);
        WireWriter attribute = new WireWriter();
        attribute.text(1, "then_branch");
        attribute.varint(20, 5);
        byte[] attributeFields = TestFile.bytes(attribute);
        byte[] graph = TestFile.bytes(TestFile.small().graph());
        byte[] nested = new byte[1 << 20];
        int at = nested.length;
        for (int i = 0; i < 10_000; i++) {
            at = before(nested, at, attributeFields, 6); // a graph in an attribute
            at = before(nested, at, nodeFields, 5); // an attribute in a node
            at = before(nested, at, new byte[0], 1); // a node in a graph
        }
        byte[] deep = Arrays.copyOfRange(nested, at, nested.length);
        byte[] all = Arrays.copyOf(graph, graph.length + deep.length);
        System.arraycopy(deep, 0, all, graph.length, deep.length);
        TestFile.refused(
                TestFile.model(all, List.of(new OperatorSetId("", 17))), "If: no such operation is known here (z)");
    }

    /** Makes what follows {@code at} a field, and puts other fields in front of it; where they begin. */
    private static int before(byte[] bytes, int at, byte[] fields, int field) {
        int length = bytes.length - at;
        byte[] tag = {
            (byte) (field << 3 | 2), (byte) (length | 0x80), (byte) (length >> 7 | 0x80), (byte) (length >> 14 & 0x7f)
        };
        int from = at - tag.length - fields.length;
        System.arraycopy(fields, 0, bytes, from, fields.length);
        System.arraycopy(tag, 0, bytes, from + fields.length, tag.length);
        return from;
    }

    @Test
    void onx08Groups() {
        byte[] groups = new byte[10_000];
        Arrays.fill(groups, (byte) (2 << 3 | 3));
        TestFile.refused(groups, "wire type 2, found 3");
        Arrays.fill(groups, (byte) (9 << 3 | 3));
        TestFile.refused(groups, "wire type 0, 1, 2 or 5, found 3");
    }

    @Test
    void onx09LongVarints() {
        byte[] eleven = new byte[12];
        Arrays.fill(eleven, (byte) 0x80);
        eleven[0] = 1 << 3;
        TestFile.refused(eleven, "at most 64 bits");
        byte[] tooLarge = {1 << 3, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2};
        TestFile.refused(tooLarge, "at most 64 bits");
        TestFile.refused(new byte[] {1 << 3, -1}, "the message's end");
        TestFile.refused(new byte[] {0}, "a field number");
        TestFile.refused(new byte[] {-1, -1, -1, -1, -1, 1}, "a field number");
    }

    @Test
    void onx10LengthsPastTheEnd() {
        TestFile.refused(new byte[] {7 << 3 | 2, 5, 0}, "at most 1 bytes");
        TestFile.refused(
                new byte[] {7 << 3 | 2, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
                "at most 0 bytes",
                "18446744073709551615");
        TestFile.refused(new byte[] {9 << 3 | 5, 0}, "at most 1 bytes");
    }

    @Test
    void onx11EverythingUnknownInOneMessage() {
        TestFile file = TestFile.small();
        file.nodes.set(2, new NodeProto("act", "HardSwish", "", List.of("n"), List.of("y"), List.of()));
        file.nodes.add(new NodeProto("first", "Clip", "", List.of("x"), List.of("e"), List.of()));
        file.nodes.add(new NodeProto("second", "Clip", "", List.of("x"), List.of("f"), List.of()));
        file.nodes.add(new NodeProto("ours", "Relu", "com.example", List.of("x"), List.of("g"), List.of()));
        file.node("Relu", "e", "h")
                .node("MaxPool", "x", "i", TestFile.ints("kernel_shape", 3, 3), TestFile.ints("dilations", 2, 2));
        file.opsets = List.of(new OperatorSetId("", 99), new OperatorSetId("com.example", 1));
        file.refused(
                "versions 7 to 28 of ONNX's operations are known, found 99",
                "HardSwish: no such operation is known here (act)",
                "Clip: no such operation is known here (first, second)",
                "com.example.Relu: no operation of the domain com.example",
                "(ours)",
                "MaxPool: dilations must be 1, found [2, 2] (i)");
    }

    @Test
    void onx11SaysEachProblemOnce() {
        TestFile file =
                TestFile.empty().node("Clip", "x", "a").node("Relu", "a", "b").node("Add", "b x", "y");
        assertThatThrownBy(
                        () -> OnnxModel.read(file.bytes(), Limits.DEFAULT, "f").close())
                .hasMessage("f: cannot be imported:\n  Clip: no such operation is known here (a)");
    }

    @Test
    void onx12Attributes() {
        conv("attribute group must be a whole number, found whole numbers", TestFile.ints("group", 1));
        conv("attribute pads must be whole numbers, found a number", TestFile.real("pads", 1));
        conv("kernel_shape must be that of the weights", TestFile.ints("kernel_shape", 5, 5));
        conv("stride", TestFile.ints("strides", 0, 1));
        conv("strides must be 0 to 65536", TestFile.ints("strides", 1L << 31, 1));
        conv("strides must be 2 numbers, found 3", TestFile.ints("strides", 1, 1, 1));
        conv("dilations must be 0 to 65536", TestFile.ints("dilations", 1L << 31, 1));
        conv("dilations must be 1", TestFile.ints("dilations", 2, 2));
        conv("pads must be 0 to 65536", TestFile.ints("pads", -1, 0, 0, 0));
        conv("opposite sides", TestFile.ints("pads", 0, 0, 1, 1));
        conv("padding < kernel", TestFile.ints("pads", 3, 3, 3, 3));
        conv("at least one group", TestFile.integer("group", 0));
        conv("2 groups account for", TestFile.integer("group", 2));
        conv("group must be 0 to 65536", TestFile.integer("group", -1));
        conv("auto_pad must be NOTSET", TestFile.text("auto_pad", "SAME_UPPER"));
        conv("attribute flavour is not known here", TestFile.text("flavour", "x"));
        conv("must stand once", TestFile.integer("group", 1), TestFile.integer("group", 1));
        TestFile.empty()
                .floats("w", new long[] {4, 3, 0, 3})
                .node("Conv", "x w", "y")
                .refused("kernel");
        TestFile.empty()
                .node("MaxPool", "x", "y", TestFile.ints("kernel_shape", 0, 3))
                .refused("kernel");
        TestFile.empty()
                .node("MaxPool", "x", "y", TestFile.ints("kernel_shape", 9, 9))
                .refused("does not fit 8 pixels");
        TestFile.empty().node("Conv", "x x", "y").refused("operand 1 must be a constant of floats");
    }

    private static void conv(String inMessage, Onnx.AttributeProto... attributes) {
        TestFile.empty()
                .floats("w", new long[] {4, 3, 3, 3})
                .node("Conv", "x w", "y", attributes)
                .refused("Conv: ", inMessage);
    }

    @ParameterizedTest
    @ValueSource(floats = {-1e-9f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void onx13Variances(float variance) {
        TestFile file = TestFile.small();
        file.initializers.removeLast();
        file.floats("v", new long[] {4}, 1, 1, variance, 1).refused("variance must be", "channel 2");
    }

    @Test
    void onx13StatisticsOfAnotherLength() {
        TestFile file = TestFile.small();
        file.initializers.removeLast();
        file.floats("v", new long[] {3}).refused("operand 4 of shape [4]");
        TestFile.small()
                .node("BatchNormalization", "x s b m v", "z", TestFile.real("epsilon", Float.NaN))
                .refused("epsilon");
    }

    @Test
    void onx14FilesOfMoreThan2GiBAndNone(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("x.onnx");
        Files.write(file, new byte[0]);
        assertThatThrownBy(() -> OnnxModel.read(file).close())
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("found 0");
        try (FileChannel sparse = FileChannel.open(file, StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.allocate(1), Integer.MAX_VALUE);
        }
        assertThatThrownBy(() -> OnnxModel.read(file).close())
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("found 2147483648");
        assertThatThrownBy(() -> OnnxModel.read(folder.resolve("none")).close()).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not a model", "{\"graph\": 1}", "\u0008\u0008"})
    void otherFiles(String text) {
        TestFile.refused(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void limitsHold() {
        WireWriter graph = new WireWriter();
        for (int i = 0; i < 500_001; i++) {
            graph.message(1, new WireWriter());
        }
        TestFile.refused(model(graph), "at most 500000 fields");
        byte[] small = TestFile.small().bytes();
        assertThatThrownBy(() -> OnnxModel.read(small, new Limits(1000, 4, 12, 1 << 20), "f")
                        .close())
                .hasMessageContaining("at most 4 initializers");
        WireWriter node = new WireWriter();
        for (int i = 0; i < 65; i++) {
            node.text(1, "x");
        }
        WireWriter one = new WireWriter();
        one.message(1, node);
        TestFile.refused(model(one), "at most 64 inputs");
    }

    /** Vectors that double themselves: stopped at a few hundred numbers. */
    @Test
    void foldingDoesNotExplode() {
        TestFile file = TestFile.empty().longs("a0", 1, 2, 3);
        for (int i = 0; i < 40; i++) {
            file.node("Concat", "a" + i + " a" + i, "a" + (i + 1), TestFile.integer("axis", 0));
        }
        file.node("Relu", "x", "y").refused("at most 256 numbers are folded");
        TestFile.empty()
                .longs("s", 1L << 40)
                .node("ConstantOfShape", "s", "y")
                .refused("at most 256 numbers are folded");
    }

    /** Many small foldings of many numbers: stopped altogether. */
    @Test
    void foldingHasAnEnd() {
        TestFile file = TestFile.empty().longs("n", 256).node("ConstantOfShape", "n", "a");
        for (int i = 0; i < 500; i++) {
            file.node("Identity", "a", "b" + i);
        }
        file.node("Relu", "x", "y").refused("Identity", "than any network needs");
    }

    /** One matrix transposed by many nodes: stopped at twice the file. */
    @Test
    void derivedWeightsDoNotExplode() {
        TestFile file = TestFile.empty().floats("w", new long[] {192, 1000}).node("Flatten", "x", "r");
        for (int i = 0; i < 50; i++) {
            file.node("Gemm", "r w", "g" + i);
        }
        file.node("Gemm", "r w", "y").refused("twice the file");
    }

    @Test
    void inputsAndOutputs() {
        TestFile none = TestFile.small();
        none.inputs = List.of();
        none.refused("which nothing makes");
        TestFile two = TestFile.small();
        two.inputs = List.of(two.inputs.getFirst(), new ValueInfoProto("x2", Onnx.FLOAT, new long[] {1, 3, 8, 8}));
        two.refused("one input, found [x, x2]");
        TestFile half = TestFile.small();
        half.inputs = List.of(new ValueInfoProto("x", 10, new long[] {1, 3, 8, 8}));
        half.refused("data type 10");
        TestFile.small().input(1, 3, 0, 0).refused("export with a fixed height and width");
        TestFile nothing = TestFile.small();
        nothing.outputs = List.of();
        nothing.refused("found no output");
        TestFile constant = TestFile.small();
        constant.outputs = List.of("w");
        constant.refused("found the constant w");
        TestFile.small().node("Relu", "x", "- z").refused("a node has a result");
        TestFile.small()
                .node("MaxPool", "x", "p i", TestFile.ints("kernel_shape", 2, 2))
                .refused("only the first result is known");
    }

    /** Every outcome of a damaged file is a model or the documented exception, quickly. */
    @Test
    void truncatedAndChangedAtRandom() throws IOException {
        byte[] whole = TestFile.small()
                .longs("shape", 0, -1)
                .node("Reshape", "y shape", "r")
                .floats("fc", new long[] {256, 2})
                .node("Gemm", "r fc", "z")
                .bytes();
        int read = 0;
        for (int n = 0; n < whole.length; n++) {
            read += outcome(Arrays.copyOf(whole, n));
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = whole.clone();
            for (int k = random.nextInt(1, 4); k > 0; k--) {
                // The head of the file, where the structure is, as often as the numbers behind it.
                int at = random.nextInt(random.nextBoolean() ? 500 : changed.length);
                changed[at] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : changed[at] ^ 1 << random.nextInt(8));
            }
            read += outcome(changed);
        }
        assertThat(read).as("files that were still sound").isGreaterThan(100).isLessThan(20_000);
    }

    private static int outcome(byte[] bytes) throws IOException {
        try (OnnxModel model = OnnxModel.read(bytes, Limits.DEFAULT, "test.onnx")) {
            return model.graph().nodes().isEmpty() ? 0 : 1;
        } catch (WeightsException _) {
            return 0; // as documented; anything else fails the test
        }
    }
}
