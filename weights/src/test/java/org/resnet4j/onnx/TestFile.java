package org.resnet4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.resnet4j.onnx.Onnx.Attribute;
import org.resnet4j.onnx.Onnx.AttributeProto;
import org.resnet4j.onnx.Onnx.GraphProto;
import org.resnet4j.onnx.Onnx.NodeProto;
import org.resnet4j.onnx.Onnx.OperatorSetId;
import org.resnet4j.onnx.Onnx.TensorProto;
import org.resnet4j.onnx.Onnx.ValueInfoProto;
import org.resnet4j.tensor.DType;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.WeightsException;

/** ONNX files put together for tests, sound and not. */
final class TestFile {
    final List<NodeProto> nodes = new ArrayList<>();
    final List<TensorProto> initializers = new ArrayList<>();

    /** Initializers that are put together by hand. */
    final List<WireWriter> written = new ArrayList<>();

    List<OperatorSetId> opsets = List.of(new OperatorSetId("", 17));
    List<ValueInfoProto> inputs = List.of(new ValueInfoProto("x", Onnx.FLOAT, new long[] {0, 3, 8, 8}));
    List<String> outputs = List.of("y");

    private TestFile() {}

    static TestFile empty() {
        return new TestFile();
    }

    /** conv, bn and relu from x to y, and their tensors. */
    static TestFile small() {
        return empty().floats("w", new long[] {4, 3, 3, 3})
                .floats("s", new long[] {4})
                .floats("b", new long[] {4})
                .floats("m", new long[] {4})
                .floats("v", new long[] {4})
                .node("Conv", "x w", "c", ints("pads", 1, 1, 1, 1))
                .node("BatchNormalization", "c s b m v", "n")
                .node("Relu", "n", "y");
    }

    TestFile node(String opType, String inputs, String outputs, AttributeProto... attributes) {
        nodes.add(new NodeProto("", opType, "", words(inputs), words(outputs), List.of(attributes)));
        return this;
    }

    /** Names between spaces; a dash is a name that is left out. */
    private static List<String> words(String names) {
        return names.isEmpty()
                ? List.of()
                : Arrays.stream(names.split(" ", -1))
                        .map(s -> s.equals("-") ? "" : s)
                        .toList();
    }

    static AttributeProto ints(String name, long... values) {
        return new AttributeProto(name, new Attribute.Ints(values));
    }

    static AttributeProto integer(String name, long value) {
        return new AttributeProto(name, new Attribute.Int(value));
    }

    static AttributeProto real(String name, float value) {
        return new AttributeProto(name, new Attribute.Real(value));
    }

    static AttributeProto text(String name, String value) {
        return new AttributeProto(name, new Attribute.Text(value));
    }

    /** Floats 0.5, 1, 1.5, ... */
    TestFile floats(String name, long[] dims) {
        float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i + 1) * 0.5f;
        }
        return floats(name, dims, values);
    }

    TestFile floats(String name, long[] dims, float... values) {
        byte[] bytes = new byte[values.length * 4];
        MemorySegment data = MemorySegment.ofArray(bytes);
        for (int i = 0; i < values.length; i++) {
            data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i * 4L, values[i]);
        }
        initializers.add(new TensorProto(name, DType.F32, dims, data));
        return this;
    }

    TestFile longs(String name, long... values) {
        byte[] bytes = new byte[values.length * 8];
        MemorySegment data = MemorySegment.ofArray(bytes);
        for (int i = 0; i < values.length; i++) {
            data.set(ValueLayout.JAVA_LONG_UNALIGNED, i * 8L, values[i]);
        }
        initializers.add(new TensorProto(name, DType.S64, new long[] {values.length}, data));
        return this;
    }

    TestFile opset(long version) {
        opsets = List.of(new OperatorSetId("", version));
        return this;
    }

    TestFile input(long... dims) {
        inputs = List.of(new ValueInfoProto("x", Onnx.FLOAT, dims));
        return this;
    }

    WireWriter graph() {
        List<ValueInfoProto> out = outputs.stream()
                .map(n -> new ValueInfoProto(n, Onnx.FLOAT, new long[0]))
                .toList();
        WireWriter graph = OnnxWriter.graph(new GraphProto("g", nodes, initializers, inputs, out));
        written.forEach(t -> graph.message(5, t));
        return graph;
    }

    byte[] bytes() {
        return model(bytes(graph()), opsets);
    }

    /** A model of this graph. */
    static byte[] model(byte[] graph, List<OperatorSetId> opsets) {
        WireWriter model = new WireWriter();
        model.bytes(7, MemorySegment.ofArray(graph));
        for (OperatorSetId o : opsets) {
            WireWriter opset = new WireWriter();
            opset.text(1, o.domain());
            opset.varint(2, o.version());
            model.message(8, opset);
        }
        return bytes(model);
    }

    static byte[] bytes(WireWriter message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            message.writeTo(Channels.newChannel(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The graph, in words. */
    String read() throws IOException {
        try (OnnxModel model = OnnxModel.read(bytes(), Limits.DEFAULT, "test.onnx")) {
            return model.graph().toString();
        }
    }

    void refused(String... inMessage) {
        refused(bytes(), inMessage);
    }

    /** Reading fails with one message that names the file and has all of these parts. */
    static void refused(byte[] bytes, String... inMessage) {
        assertThatThrownBy(
                        () -> OnnxModel.read(bytes, Limits.DEFAULT, "test.onnx").close())
                .isInstanceOf(WeightsException.class)
                .message()
                .contains("test.onnx")
                .satisfies(m -> List.of(inMessage).forEach(part -> assertThat(m).contains(part)));
    }
}
