package org.resnet4j.tfjs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.Json;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.ShapeException;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;

/**
 * One weight of the manifest.
 *
 * @param type as in the file, unpacked
 * @param packed how the numbers are stored
 * @param scale of an affine packing: a number is {@code scale * stored + min}
 * @param min see {@code scale}
 */
record Weight(String name, TensorType type, Packed packed, double scale, double min) {
    /** How a number is stored. */
    enum Packed {
        PLAIN(0),
        F16(2),
        AFFINE_U8(1),
        AFFINE_U16(2);

        private final int bytes;

        Packed(int bytes) {
            this.bytes = bytes;
        }
    }

    private static final Map<String, DType> TYPES =
            Map.of("float32", DType.F32, "int32", DType.S32, "uint8", DType.U8, "bool", DType.U8, "float16", DType.F16);
    private static final Map<String, Packed> PACKINGS =
            Map.of("float16", Packed.F16, "uint8", Packed.AFFINE_U8, "uint16", Packed.AFFINE_U16);

    static Weight parse(Map<String, @Nullable Object> entry, Limits limits, String where) throws IOException {
        if (!(entry.get("name") instanceof String name)) {
            throw new WeightsException(where + ": a weight must have a name");
        }
        String what = where + ": " + name;
        DType dtype = entry.get("dtype") instanceof String s ? TYPES.get(s) : null;
        if (dtype == null) {
            throw new WeightsException(what + ".dtype must be one of "
                    + TYPES.keySet().stream().sorted().toList() + ", found " + entry.get("dtype"));
        }
        TensorType type;
        try {
            type = TensorType.of(dtype, dims(entry.get("shape"), limits, what));
        } catch (ShapeException e) {
            throw new WeightsException(what + ".shape: " + e.getMessage(), e);
        }
        if (entry.get("quantization") == null) {
            return new Weight(name, type, Packed.PLAIN, 1, 0);
        }
        Map<String, @Nullable Object> q = Json.object(entry.get("quantization"), name + ".quantization");
        Packed packed = q.get("dtype") instanceof String s ? PACKINGS.get(s) : null;
        if (packed == null || dtype != DType.F32) {
            throw new WeightsException(what + ".quantization must be of float32 to one of "
                    + PACKINGS.keySet().stream().sorted().toList() + ", found " + q.get("dtype"));
        }
        if (packed == Packed.F16) {
            return new Weight(name, type, packed, 1, 0);
        }
        if (!(q.get("scale") instanceof Number scale) || !(q.get("min") instanceof Number min)) {
            throw new WeightsException(what + ".quantization must have the numbers scale and min");
        }
        return new Weight(name, type, packed, scale.doubleValue(), min.doubleValue());
    }

    private static long[] dims(@Nullable Object shape, Limits limits, String what) throws WeightsException {
        if (!(shape instanceof List<?> list) || list.size() > limits.rank()) {
            throw new WeightsException(what + ".shape must be a list of at most " + limits.rank() + " whole numbers");
        }
        long[] dims = new long[list.size()];
        for (int i = 0; i < dims.length; i++) {
            if (!(list.get(i) instanceof Long n) || n < 0) {
                throw new WeightsException(what + ".shape must be whole numbers of at least 0, found " + list.get(i));
            }
            dims[i] = n;
        }
        return dims;
    }

    long storedBytes() {
        return packed == Packed.PLAIN ? type.bytes() : type.shape().elements() * packed.bytes;
    }

    /** Unpacked and with the output channels first, in {@code arena}. */
    NamedTensor tensor(MemorySegment stored, Arena arena) {
        MemorySegment plain = arena.allocate(type.bytes(), 64);
        if (packed == Packed.PLAIN) {
            plain.copyFrom(stored);
        } else {
            for (long i = 0; i < type.shape().elements(); i++) {
                plain.setAtIndex(ValueLayout.JAVA_FLOAT, i, unpacked(stored, i));
            }
        }
        int rank = type.shape().rank();
        boolean kernel = name.endsWith("/kernel") && (rank == 2 || rank == 4);
        return kernel ? outputFirst(plain, arena) : new NamedTensor(name, type, plain);
    }

    private float unpacked(MemorySegment stored, long i) {
        return switch (packed) {
            case F16, PLAIN -> Float.float16ToFloat(stored.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i));
            case AFFINE_U8 -> (float) ((stored.get(ValueLayout.JAVA_BYTE, i) & 0xff) * scale + min);
            case AFFINE_U16 ->
                (float) ((stored.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i) & 0xffff) * scale + min);
        };
    }

    /** [H, W, I, O] to [O, I, H, W], or [I, O] to [O, I]. */
    private NamedTensor outputFirst(MemorySegment plain, Arena arena) {
        long[] d = type.shape().dims();
        boolean dense = d.length == 2;
        long area = dense ? 1 : d[0] * d[1];
        long in = d[d.length - 2];
        long out = d[d.length - 1];
        int element = type.dtype().bytes();
        MemorySegment turned = arena.allocate(type.bytes(), 64);
        for (long p = 0; p < area; p++) {
            for (long i = 0; i < in; i++) {
                for (long o = 0; o < out; o++) {
                    long from = (p * in + i) * out + o;
                    long to = (o * in + i) * area + p;
                    MemorySegment.copy(plain, from * element, turned, to * element, element);
                }
            }
        }
        TensorType turnedType =
                dense ? TensorType.of(type.dtype(), out, in) : TensorType.of(type.dtype(), out, in, d[0], d[1]);
        return new NamedTensor(name, turnedType, turned);
    }
}
