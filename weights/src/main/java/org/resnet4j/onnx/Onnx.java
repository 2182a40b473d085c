package org.resnet4j.onnx;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.resnet4j.tensor.DType;

/**
 * The messages of {@code onnx.proto} that a network needs, as they stand in a file. Names and field numbers are the format's;
 * {@link OnnxReader} and {@link OnnxWriter} know the numbers.
 */
final class Onnx {
    /** Bit patterns of {@code TensorProto.DataType}. */
    static final int FLOAT = 1;

    static final int INT64 = 7;

    private Onnx() {}

    /** The element type that a data type is kept as; BOOL as U8. Throws {@link IllegalArgumentException} for all others. */
    static DType dtype(long dataType) {
        return switch (Math.clamp(dataType, 0, 1 << 16)) {
            case FLOAT -> DType.F32;
            case 2, 9 -> DType.U8;
            case 3 -> DType.S8;
            case 6 -> DType.S32;
            case INT64 -> DType.S64;
            case 10 -> DType.F16;
            case 11 -> DType.F64;
            case 16 -> DType.BF16;
            default ->
                throw new IllegalArgumentException(
                        "data type must be FLOAT (1), UINT8 (2), INT8 (3), INT32 (6), INT64 (7), BOOL (9), FLOAT16 (10),"
                                + " DOUBLE (11) or BFLOAT16 (16), found " + dataType);
        };
    }

    static int dataType(DType type) {
        return switch (type) {
            case F32 -> FLOAT;
            case U8 -> 2;
            case S8 -> 3;
            case S32 -> 6;
            case S64 -> INT64;
            case F16 -> 10;
            case F64 -> 11;
            case BF16 -> 16;
        };
    }

    record ModelProto(
            long irVersion,
            String producer,
            List<OperatorSetId> opsets,
            GraphProto graph,
            Map<String, String> metadata) {}

    /** A domain ({@code ""} is ONNX's own) and the version of its operations. */
    record OperatorSetId(String domain, long version) {}

    record GraphProto(
            String name,
            List<NodeProto> nodes,
            List<TensorProto> initializers,
            List<ValueInfoProto> inputs,
            List<ValueInfoProto> outputs) {}

    record NodeProto(
            String name,
            String opType,
            String domain,
            List<String> inputs,
            List<String> outputs,
            List<AttributeProto> attributes) {
        /** As errors call it: the name, or the first result where there is none. */
        String called() {
            return !name.isEmpty() || outputs.isEmpty() ? name : outputs.getFirst();
        }
    }

    record AttributeProto(String name, Attribute value) {}

    /** The value of an attribute. */
    sealed interface Attribute {
        record Real(float value) implements Attribute {}

        record Int(long value) implements Attribute {}

        record Text(String value) implements Attribute {}

        record Tensor(TensorProto value) implements Attribute {}

        record Ints(long[] values) implements Attribute {}

        record Reals(float[] values) implements Attribute {}

        /** Graphs, types, lists of texts and whatever else no network here has; not looked into. */
        record Other(String kind) implements Attribute {}
    }

    /** A tensor: dense, row-major, little-endian. Dimensions may be 0. */
    record TensorProto(String name, DType dtype, long[] dims, MemorySegment data) {}

    /** An input or output. A dimension below 1 is not fixed. */
    record ValueInfoProto(String name, long elementType, long[] dims) {}
}
