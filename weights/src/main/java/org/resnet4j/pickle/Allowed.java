package org.resnet4j.pickle;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensor.DType;

/**
 * The allow-list: every name that a pickle may mention. A name is never looked up anywhere else, so none can lead to code.
 * Storages have the type of their elements; {@code ShortStorage} is widened to S32 on reading, as S16 is no type of ours.
 */
public enum Allowed {
    /** Builds a tensor from storage, offset, size and stride. */
    REBUILD_TENSOR("torch._utils", "_rebuild_tensor"),
    /** The same, with two arguments about gradients that are checked and left out. */
    REBUILD_TENSOR_V2("torch._utils", "_rebuild_tensor_v2"),
    /** A tensor that is trained: the tensor itself. */
    REBUILD_PARAMETER("torch._utils", "_rebuild_parameter"),
    /** Sizes of a tensor: a tuple. */
    SIZE("torch", "Size"),
    /** A dictionary; its attributes, such as {@code _metadata}, are left out. */
    ORDERED_DICT("collections", "OrderedDict"),
    /** A dictionary of counts. */
    COUNTER("collections", "Counter"),
    /** An inert record of named plain values. */
    NAMESPACE("argparse", "Namespace"),
    /** One number, as NumPy before 2.0 names it. */
    NUMPY_1_SCALAR("numpy.core.multiarray", "scalar"),
    /** One number, as NumPy from 2.0 on names it. */
    NUMPY_SCALAR("numpy._core.multiarray", "scalar"),
    /** The type of that number: an inert record. */
    NUMPY_DTYPE("numpy", "dtype"),
    /** Bytes, as protocol 2 writes them: a string of Latin-1. */
    ENCODE("_codecs", "encode"),
    /** Elements of F64. */
    DOUBLE_STORAGE("DoubleStorage", DType.F64, 8),
    /** Elements of F32. */
    FLOAT_STORAGE("FloatStorage", DType.F32, 4),
    /** Elements of F16. */
    HALF_STORAGE("HalfStorage", DType.F16, 2),
    /** Elements of BF16. */
    BFLOAT16_STORAGE("BFloat16Storage", DType.BF16, 2),
    /** Elements of S64. */
    LONG_STORAGE("LongStorage", DType.S64, 8),
    /** Elements of S32. */
    INT_STORAGE("IntStorage", DType.S32, 4),
    /** Elements of two signed bytes, widened to S32. */
    SHORT_STORAGE("ShortStorage", DType.S32, 2),
    /** Elements of S8. */
    CHAR_STORAGE("CharStorage", DType.S8, 1),
    /** Elements of U8. */
    BYTE_STORAGE("ByteStorage", DType.U8, 1),
    /** Elements of U8: 0 or 1. */
    BOOL_STORAGE("BoolStorage", DType.U8, 1);

    private static final Map<String, Allowed> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Allowed::fullName, a -> a));

    private final String fullName;
    private final @Nullable DType dtype;
    private final int storedBytes;

    Allowed(String module, String name) {
        fullName = module + "." + name;
        dtype = null;
        storedBytes = 0;
    }

    Allowed(String storage, DType dtype, int storedBytes) {
        fullName = "torch." + storage;
        this.dtype = dtype;
        this.storedBytes = storedBytes;
    }

    /** The name as Python writes it: module, dot, name. */
    public String fullName() {
        return fullName;
    }

    /** Element type after reading, if this is a storage. */
    Optional<DType> dtype() {
        return Optional.ofNullable(dtype);
    }

    /** Bytes of an element in the file, if this is a storage. */
    int storedBytes() {
        return storedBytes;
    }

    /**
     * The entry for a name, if there is one. A name with dots of its own, which Python would follow from attribute to attribute,
     * matches none, because the parts are compared whole.
     */
    static Optional<Allowed> find(String module, String name) {
        Allowed found = name.indexOf('.') >= 0 ? null : BY_NAME.get(module + "." + name);
        return Optional.ofNullable(found);
    }
}
