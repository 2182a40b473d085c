package org.resnet4j.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onnx.Onnx.Attribute;
import org.resnet4j.onnx.Onnx.AttributeProto;
import org.resnet4j.onnx.Onnx.GraphProto;
import org.resnet4j.onnx.Onnx.ModelProto;
import org.resnet4j.onnx.Onnx.NodeProto;
import org.resnet4j.onnx.Onnx.OperatorSetId;
import org.resnet4j.onnx.Onnx.TensorProto;
import org.resnet4j.onnx.Onnx.ValueInfoProto;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.WeightsException;

/**
 * Protobuf as records. Depth is bounded by this code: graphs inside of attributes, functions and training are passed over, and
 * nothing else nests. Not thread-safe.
 */
final class OnnxReader {
    /** Names of one node's inputs, or outputs, or attributes: an operation here has five at most. */
    private static final int MAX_OF_NODE = 64;

    private final Limits limits;
    private final Arena arena;

    private OnnxReader(Limits limits, Arena arena) {
        this.limits = limits;
        this.arena = arena;
    }

    /** The model in {@code bytes}; tensors are views of them, or in {@code arena} where the file has them in another form. */
    static ModelProto read(WireReader in, Limits limits, Arena arena) throws WeightsException {
        return new OnnxReader(limits, arena).model(in);
    }

    private ModelProto model(WireReader in) throws WeightsException {
        long irVersion = 0;
        String producer = "";
        GraphProto graph = null;
        List<OperatorSetId> opsets = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> irVersion = in.varint();
                case 2 -> producer = in.text();
                case 7 -> {
                    if (graph != null) {
                        throw in.malformed("one graph", "two");
                    }
                    graph = graph(in.message("graph"));
                }
                case 8 -> opsets.add(opset(in.message("opset_import")));
                case 14 -> metadata(in.message("metadata_props"), metadata);
                default -> in.skip();
            }
        }
        if (graph == null || opsets.isEmpty()) {
            throw new WeightsException(in.where() + ": an ONNX model has a graph and opset_import, found "
                    + (graph == null ? "no graph" : "no opset_import") + "; is this an ONNX file?");
        }
        return new ModelProto(irVersion, producer, List.copyOf(opsets), graph, metadata);
    }

    private static OperatorSetId opset(WireReader in) throws WeightsException {
        String domain = "";
        long version = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> domain = in.text();
                case 2 -> version = in.varint();
                default -> in.skip();
            }
        }
        return new OperatorSetId(domain, version);
    }

    private static void metadata(WireReader in, Map<String, String> into) throws WeightsException {
        String key = "";
        String value = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> key = in.text();
                case 2 -> value = in.text();
                default -> in.skip();
            }
        }
        if (into.putIfAbsent(key, value) != null) {
            throw in.malformed("each key of metadata_props once", key + " again");
        }
    }

    private GraphProto graph(WireReader in) throws WeightsException {
        String name = "";
        List<NodeProto> nodes = new ArrayList<>();
        List<TensorProto> initializers = new ArrayList<>();
        List<ValueInfoProto> inputs = new ArrayList<>();
        List<ValueInfoProto> outputs = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> nodes.add(node(in.message("node " + nodes.size())));
                case 2 -> name = in.text();
                case 5 -> {
                    initializers.add(tensor(in.message("initializer " + initializers.size())));
                    atMost(in, limits.tensors(), initializers.size(), "initializers");
                }
                case 11 -> inputs.add(valueInfo(in.message("input " + inputs.size())));
                case 12 -> outputs.add(valueInfo(in.message("output " + outputs.size())));
                case 15 -> throw in.malformed("dense initializers", "a sparse one, which is not read");
                default -> in.skip();
            }
        }
        return new GraphProto(name, nodes, initializers, inputs, outputs);
    }

    private static void atMost(WireReader in, int most, int found, String what) throws WeightsException {
        if (found > most) {
            throw in.malformed("at most " + most + " " + what, "more");
        }
    }

    private NodeProto node(WireReader in) throws WeightsException {
        String name = "";
        String opType = "";
        String domain = "";
        List<String> inputs = new ArrayList<>(4);
        List<String> outputs = new ArrayList<>(1);
        List<AttributeProto> attributes = new ArrayList<>(4);
        while (in.next()) {
            switch (in.field()) {
                case 1 -> inputs.add(in.text());
                case 2 -> outputs.add(in.text());
                case 3 -> name = in.text();
                case 4 -> opType = in.text();
                case 5 -> attributes.add(attribute(in.message("attribute " + attributes.size())));
                case 7 -> domain = in.text();
                default -> in.skip();
            }
            atMost(
                    in,
                    MAX_OF_NODE,
                    Math.max(inputs.size(), Math.max(outputs.size(), attributes.size())),
                    "inputs, outputs or attributes of a node");
        }
        return new NodeProto(name, opType, domain, inputs, outputs, attributes);
    }

    private AttributeProto attribute(WireReader in) throws WeightsException {
        String name = "";
        long type = 0;
        boolean reference = false;
        float number = 0;
        long integer = 0;
        MemorySegment text = MemorySegment.NULL;
        TensorProto tensor = null;
        Numbers ints = new Numbers();
        Numbers floats = new Numbers();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.text();
                case 2 -> number = Float.intBitsToFloat(in.fixed32());
                case 3 -> integer = in.varint();
                case 4 -> text = in.bytes();
                case 5 -> tensor = tensor(in.message("t"));
                case 7 -> in.floats(floats);
                case 8 -> in.longs(ints);
                case 20 -> type = in.varint();
                case 21 -> reference = !in.text().isEmpty();
                default -> in.skip();
            }
        }
        return new AttributeProto(
                name,
                reference
                        ? new Attribute.Other("a reference to a function's attribute")
                        : value(in, type, number, integer, text, tensor, ints, floats));
    }

    private static Attribute value(
            WireReader in,
            long type,
            float number,
            long integer,
            MemorySegment text,
            @Nullable TensorProto tensor,
            Numbers ints,
            Numbers floats)
            throws WeightsException {
        if (type == 4 && tensor == null) {
            throw in.malformed("a tensor, as the attribute's type says", "none");
        }
        return switch (Math.clamp(type, 0, 1 << 16)) {
            case 1 -> new Attribute.Real(number);
            case 2 -> new Attribute.Int(integer);
            // Bytes by the format, but every attribute here is one of a few ASCII words.
            case 3 ->
                new Attribute.Text(new String(
                        text.asSlice(0, Math.min(text.byteSize(), 64)).toArray(ValueLayout.JAVA_BYTE),
                        StandardCharsets.ISO_8859_1));
            case 4 -> new Attribute.Tensor(Objects.requireNonNull(tensor));
            case 5 -> new Attribute.Other("a graph");
            case 6 -> new Attribute.Reals(toFloats(floats));
            case 7 -> new Attribute.Ints(ints.toArray());
            default -> new Attribute.Other("type " + type);
        };
    }

    private static float[] toFloats(Numbers bits) {
        long[] from = bits.toArray();
        float[] out = new float[from.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Float.intBitsToFloat((int) from[i]);
        }
        return out;
    }

    private TensorProto tensor(WireReader in) throws WeightsException {
        return TensorReader.read(in, limits, arena);
    }

    private ValueInfoProto valueInfo(WireReader in) throws WeightsException {
        String name = "";
        long elementType = 0;
        Numbers dims = new Numbers();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.text();
                case 2 -> {
                    WireReader type = in.message("type");
                    while (type.next()) {
                        if (type.field() == 1) {
                            elementType = tensorType(type.message("tensor_type"), dims);
                        } else {
                            type.skip();
                        }
                    }
                }
                default -> in.skip();
            }
        }
        return new ValueInfoProto(name, elementType, dims.toArray());
    }

    private long tensorType(WireReader in, Numbers dims) throws WeightsException {
        long elementType = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> elementType = in.varint();
                case 2 -> {
                    WireReader shape = in.message("shape");
                    while (shape.next()) {
                        if (shape.field() == 1) {
                            dims.add(dimension(shape.message("dim " + dims.size())));
                            atMost(shape, limits.rank(), dims.size(), "dimensions");
                        } else {
                            shape.skip();
                        }
                    }
                }
                default -> in.skip();
            }
        }
        return elementType;
    }

    /** The size, or 0 where the file gives a name or nothing. */
    private static long dimension(WireReader in) throws WeightsException {
        long value = 0;
        while (in.next()) {
            if (in.field() == 1) {
                value = in.varint();
            } else {
                in.skip();
            }
        }
        return value;
    }
}
