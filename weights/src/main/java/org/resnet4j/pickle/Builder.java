package org.resnet4j.pickle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.weights.Limits;

/**
 * Everything that a pickle can have built: the cases of one switch over {@link Allowed}, each with its arguments checked. The
 * arithmetic of tensors is exact on longs, so that none can reach outside its storage.
 */
final class Builder {
    private final PickleInput in;
    private final Limits limits;
    private final Map<String, Value.Storage> storages;

    /** A builder that notes every storage referred to in {@code storages}. */
    Builder(PickleInput in, Limits limits, Map<String, Value.Storage> storages) {
        this.in = in;
        this.limits = limits;
        this.storages = storages;
    }

    /** The allow-list's entry for a name, or the refusal that says the name in full. */
    Allowed name(String module, String name) throws PickleException {
        return Allowed.find(module, name)
                .orElseThrow(() -> in.refuse("it asks for " + PickleInput.quote(module + "." + name)
                        + ", which is none of the names that weights need; nothing was executed." + advice(module)));
    }

    private static String advice(String module) {
        return module.startsWith("__torch__")
                ? " This is TorchScript: save the module's state_dict() instead"
                : " If a whole module or a training state was pickled, save its state_dict() instead:"
                        + " torch.save(model.state_dict(), file)";
    }

    /**
     * Sets an item of a dictionary. Keys are plain values, and all of one kind: those can be ordered where their hashes are made
     * to collide, so that no dictionary can be made slow.
     */
    void setItem(Value.Dict dict, @Nullable Object key, @Nullable Object value) throws PickleException {
        boolean plain = key instanceof String || key instanceof Number || key instanceof Boolean;
        if (key == null || !plain) {
            throw in.refuse("a key of a dictionary must be a text or a number, found " + Value.describe(key));
        }
        Map.Entry<Object, @Nullable Object> first = dict.entries.firstEntry();
        if (first != null && first.getKey().getClass() != key.getClass()) {
            throw in.refuse("the keys of a dictionary must be of one kind, found " + Value.describe(key) + " after "
                    + Value.describe(first.getKey()));
        }
        dict.entries.put(key, value);
    }

    /** What REDUCE makes. */
    @Nullable
    Object call(@Nullable Object what, @Nullable Object with) throws PickleException {
        Allowed callee = callee(what);
        Value.Tuple args = arguments(callee, with);
        return switch (callee) {
            case REBUILD_TENSOR -> tensor(args, 4, callee);
            case REBUILD_TENSOR_V2 -> {
                require(args.size() == 6 || (args.size() == 7 && isNoneOrEmpty(args.get(6))), callee, args);
                require(args.get(4) instanceof Boolean && isNoneOrEmpty(args.get(5)), callee, args);
                yield tensor(args, args.size(), callee);
            }
            case REBUILD_PARAMETER -> {
                require(args.size() == 3 && args.get(0) instanceof Value.Tensor, callee, args);
                require(args.get(1) instanceof Boolean && isNoneOrEmpty(args.get(2)), callee, args);
                yield args.get(0);
            }
            case SIZE -> {
                require(args.size() == 1 && args.get(0) instanceof Value.Tuple, callee, args);
                yield args.get(0);
            }
            case COUNTER -> {
                require(args.size() == 0 || (args.size() == 1 && args.get(0) instanceof Value.Dict), callee, args);
                Value.Dict counter = new Value.Dict(callee);
                if (args.size() == 1 && args.get(0) instanceof Value.Dict counts) {
                    counter.entries.putAll(counts.entries);
                }
                yield counter;
            }
            case NUMPY_1_SCALAR, NUMPY_SCALAR -> scalar(args, callee);
            case NUMPY_DTYPE -> {
                require(args.size() == 3 && args.get(0) instanceof String, callee, args);
                yield new Value.Inert(callee, args);
            }
            case ENCODE -> {
                if (args.size() != 2 || !(args.get(0) instanceof String text) || !isLatin1(args.get(1))) {
                    throw wrong(callee, args);
                }
                yield latin1(text, callee, args);
            }
            case ORDERED_DICT, NAMESPACE -> instance(callee, args);
            case DOUBLE_STORAGE,
                    FLOAT_STORAGE,
                    HALF_STORAGE,
                    BFLOAT16_STORAGE,
                    LONG_STORAGE,
                    INT_STORAGE,
                    SHORT_STORAGE,
                    CHAR_STORAGE,
                    BYTE_STORAGE,
                    BOOL_STORAGE -> throw in.refuse(callee.fullName() + " is a type of storage and is never called");
        };
    }

    /** What NEWOBJ makes: an empty dictionary or record. */
    Value instance(@Nullable Object what, @Nullable Object with) throws PickleException {
        Allowed type = callee(what);
        Value.Tuple args = arguments(type, with);
        return switch (type) {
            case ORDERED_DICT, COUNTER -> {
                require(args.size() == 0, type, args);
                yield new Value.Dict(type);
            }
            case NAMESPACE -> {
                require(args.size() == 0, type, args);
                yield new Value.Inert(type, args);
            }
            default -> throw in.refuse("no object is made of " + type.fullName());
        };
    }

    /** BUILD: attributes of an ordered dictionary, which are left out, or the state of an inert record. */
    void build(@Nullable Object target, @Nullable Object state) throws PickleException {
        boolean ordered = target instanceof Value.Dict d && d.kind == Allowed.ORDERED_DICT;
        if (!ordered && !(target instanceof Value.Inert)) {
            throw in.refuse(
                    "BUILD sets the state of an OrderedDict or an inert record only, found " + Value.describe(target));
        }
        if (state instanceof Value.Dict attributes) {
            for (Object key : attributes.entries.keySet()) {
                if (!(key instanceof String s) || s.startsWith("__")) {
                    throw in.refuse("an attribute must have a plain name, found " + Value.describe(key));
                }
            }
        }
        switch (target) {
            case Value.Inert r when r.of == Allowed.NUMPY_DTYPE && state instanceof Value.Tuple t -> r.state = t;
            case Value.Inert r when r.of == Allowed.NAMESPACE && state instanceof Value.Dict d -> r.state = d;
            case Value.Dict _ when state instanceof Value.Dict -> {}
            case null, default -> throw in.refuse(Value.describe(state) + " is no state of " + Value.describe(target));
        }
    }

    /** What BINPERSID refers to: {@code ('storage', type, key, place, elements)}, in old files with a view behind. */
    Value.Storage storage(@Nullable Object id) throws PickleException {
        if (!(id instanceof Value.Tuple t)
                || t.size() < 5
                || t.size() > 6
                || !"storage".equals(t.get(0))
                || !(t.get(1) instanceof Allowed type)
                || type.dtype().isEmpty()
                || !(t.get(2) instanceof String key)
                || !(t.get(3) instanceof String)
                || !(t.get(4) instanceof Long elements)
                || elements < 0
                || elements > limits.totalBytes() / type.storedBytes()) {
            throw in.refuse(
                    "a reference must be ('storage', type, key, place, elements within Limits.totalBytes), found "
                            + Value.describe(id)
                            + (id instanceof Value.Tuple t && t.size() > 0
                                    ? " that begins with " + Value.describe(t.get(0))
                                    : ""));
        }
        Value.Storage whole = new Value.Storage(type, key, elements, 0, elements);
        Value.Storage before = storages.putIfAbsent(key, whole);
        if (before != null && !before.equals(whole)) {
            throw in.refuse("storage " + PickleInput.quote(key) + " is referred to as " + elements + " elements of "
                    + type.fullName() + ", and before as " + before.elements() + " of "
                    + before.type().fullName());
        }
        if (t.size() == 5 || t.get(5) == null) {
            return whole;
        }
        if (t.get(5) instanceof Value.Tuple view
                && view.size() == 3
                && view.get(1) instanceof Long offset
                && view.get(2) instanceof Long size
                && offset >= 0
                && size >= 0
                && offset <= elements
                && size <= elements - offset) {
            return new Value.Storage(type, key, elements, offset, size);
        }
        throw in.refuse(
                "storage " + PickleInput.quote(key) + " has a view that is not inside its " + elements + " elements");
    }

    private Value.Tensor tensor(Value.Tuple args, int count, Allowed callee) throws PickleException {
        require(args.size() == count, callee, args);
        if (!(args.get(0) instanceof Value.Storage storage) || !(args.get(1) instanceof Long offset) || offset < 0) {
            throw wrong(callee, args);
        }
        long[] size = longs(args.get(2), callee, args);
        long[] stride = longs(args.get(3), callee, args);
        if (size.length != stride.length) {
            throw in.refuse("a tensor has as many strides as sizes, found " + stride.length + " and " + size.length);
        }
        requireInside(storage, offset, size, stride);
        return new Value.Tensor(storage, offset, size, stride);
    }

    /** Proves that the last element lies in the storage, and that no element is counted twice by a stride of 0. */
    private void requireInside(Value.Storage storage, long offset, long[] size, long[] stride) throws PickleException {
        try {
            long count = 1;
            long last = offset;
            for (int i = 0; i < size.length; i++) {
                count = Math.multiplyExact(count, size[i]);
                last = Math.addExact(last, Math.multiplyExact(Math.max(0, size[i] - 1), stride[i]));
            }
            boolean inside = count == 0 ? offset <= storage.viewElements() : last < storage.viewElements();
            if (inside && count <= storage.viewElements()) {
                return;
            }
        } catch (ArithmeticException _) {
            // passes 2^63, so it is outside as well
        }
        throw in.refuse("a tensor of sizes " + Arrays.toString(size) + " and strides "
                + Arrays.toString(stride) + " from " + offset + " reaches outside its storage of "
                + storage.viewElements() + " elements, or repeats some");
    }

    private long[] longs(@Nullable Object value, Allowed callee, Value.Tuple args) throws PickleException {
        if (!(value instanceof Value.Tuple t)) {
            throw wrong(callee, args);
        }
        if (t.size() > limits.rank()) {
            throw in.refuse("a tensor has at most " + limits.rank() + " dimensions, found " + t.size());
        }
        long[] out = new long[t.size()];
        for (int i = 0; i < out.length; i++) {
            if (!(t.get(i) instanceof Long n) || n < 0) {
                throw in.refuse("sizes and strides are whole numbers of at least 0, found " + Value.describe(t.get(i)));
            }
            out[i] = n;
        }
        return out;
    }

    /** A NumPy scalar of type {@code f8}, {@code f4}, {@code i8}, {@code i4}, {@code u1} or {@code b1}: its number. */
    private Object scalar(Value.Tuple args, Allowed callee) throws PickleException {
        if (args.size() != 2
                || !(args.get(0) instanceof Value.Inert dtype)
                || dtype.of != Allowed.NUMPY_DTYPE
                || !(args.get(1) instanceof byte[] bytes)) {
            throw wrong(callee, args);
        }
        Object order = dtype.state instanceof Value.Tuple t && t.size() > 1 ? t.get(1) : "|";
        ByteBuffer b = ByteBuffer.wrap(bytes).order(">".equals(order) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        String code = String.valueOf(dtype.arguments.get(0)); // a text, as NUMPY_DTYPE was made with one
        String sized = code + "/" + bytes.length;
        return switch (sized) {
            case "f8/8" -> b.getDouble();
            case "f4/4" -> (double) b.getFloat();
            case "f2/2" -> (double) Float.float16ToFloat(b.getShort());
            case "i8/8" -> b.getLong();
            case "i4/4" -> (long) b.getInt();
            case "i2/2" -> (long) b.getShort();
            case "i1/1" -> (long) b.get();
            case "u1/1" -> b.get() & 0xffL;
            case "b1/1" -> b.get() != 0;
            default ->
                throw in.refuse("a NumPy scalar of type " + PickleInput.quote(code) + " in " + bytes.length
                        + " bytes is not read");
        };
    }

    private byte[] latin1(String text, Allowed callee, Value.Tuple args) throws PickleException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        require(new String(bytes, StandardCharsets.ISO_8859_1).equals(text), callee, args);
        return bytes;
    }

    private static boolean isLatin1(@Nullable Object encoding) {
        return "latin1".equals(encoding) || "latin-1".equals(encoding);
    }

    private static boolean isNoneOrEmpty(@Nullable Object hooks) {
        return hooks == null || (hooks instanceof Value.Dict d && d.entries.isEmpty());
    }

    private Allowed callee(@Nullable Object what) throws PickleException {
        if (what instanceof Allowed a) {
            return a;
        }
        throw in.refuse("only names of the list are called, found " + Value.describe(what));
    }

    private Value.Tuple arguments(Allowed callee, @Nullable Object args) throws PickleException {
        if (args instanceof Value.Tuple t) {
            return t;
        }
        throw in.refuse(callee.fullName() + " takes a tuple of arguments, found " + Value.describe(args));
    }

    private void require(boolean holds, Allowed callee, Value.Tuple args) throws PickleException {
        if (!holds) {
            throw wrong(callee, args);
        }
    }

    private PickleException wrong(Allowed callee, Value.Tuple args) {
        StringBuilder found = new StringBuilder();
        for (int i = 0; i < Math.min(args.size(), 8); i++) {
            found.append(i == 0 ? "" : ", ").append(Value.describe(args.get(i)));
        }
        return in.refuse("wrong arguments for " + callee.fullName() + ": found (" + found + ")");
    }
}
