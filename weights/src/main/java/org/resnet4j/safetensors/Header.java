package org.resnet4j.safetensors;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.ShapeException;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;

/** The JSON header: what it may say, checked before a byte of data is read. */
record Header(List<Entry> entries, Map<String, String> metadata) {
    record Entry(String name, TensorType type, long begin, long end) {}

    /** The format's names of the types that can be read. */
    private static final Map<String, DType> TYPES = Map.of(
            "F64",
            DType.F64,
            "F32",
            DType.F32,
            "F16",
            DType.F16,
            "BF16",
            DType.BF16,
            "I64",
            DType.S64,
            "I32",
            DType.S32,
            "I8",
            DType.S8,
            "U8",
            DType.U8,
            "BOOL",
            DType.U8);

    /**
     * Reads a header to its end, tensor by tensor, so that one of a million is refused before it is in memory.
     *
     * @param text decodes strictly
     */
    static Header read(BufferedReader text, long dataBytes, Limits limits, String where) throws IOException {
        Map<String, String> metadata = new TreeMap<>();
        List<Entry> entries = new ArrayList<>();
        try {
            requireBrace(text, where);
            Json.readMembers(text, (name, value) -> {
                String what = where + ": " + name;
                if (name.equals("__metadata__")) {
                    metadata(value, metadata, what);
                } else if (entries.size() == limits.tensors()) {
                    throw new WeightsException(
                            where + ": at most " + limits.tensors() + " tensors are read from a file, found more");
                } else {
                    entries.add(entry(name, value, limits, what));
                }
            });
        } catch (JsonException e) {
            throw new WeightsException(where + ": the header is not sound JSON: " + e.getMessage(), e);
        } catch (CharacterCodingException e) {
            throw new WeightsException(where + ": the header must be UTF-8, found other bytes", e);
        }
        requireCovered(entries, dataBytes, limits, where);
        return new Header(List.copyOf(entries), Map.copyOf(metadata));
    }

    private static void requireBrace(BufferedReader text, String where) throws IOException {
        text.mark(1);
        int first = text.read();
        if (first != '{') {
            throw new WeightsException(where + ": the header must begin with {, found "
                    + (first < 0 ? "nothing" : "'" + (char) first + "'"));
        }
        text.reset();
    }

    private static void metadata(@Nullable Object value, Map<String, String> into, String what)
            throws WeightsException {
        if (!(value instanceof Map<?, ?> map)) {
            throw new WeightsException(what + " must be an object, found " + Json.brief(value));
        }
        for (Map.Entry<?, ?> e : map.entrySet()) {
            if (!(e.getKey() instanceof String key) || !(e.getValue() instanceof String text)) {
                throw new WeightsException(what + " must map strings to strings, found " + Json.brief(e));
            }
            into.put(key, text);
        }
    }

    private static Entry entry(String name, @Nullable Object value, Limits limits, String what)
            throws WeightsException {
        if (!(value instanceof Map<?, ?> map) || map.size() != 3) {
            throw new WeightsException(
                    what + " must be an object of dtype, shape and data_offsets, found " + Json.brief(value));
        }
        DType dtype = map.get("dtype") instanceof String s ? TYPES.get(s) : null;
        if (dtype == null) {
            throw new WeightsException(what + ".dtype must be one of "
                    + TYPES.keySet().stream().sorted().toList() + ", found " + Json.brief(map.get("dtype")));
        }
        long[] dims = longs(map.get("shape"), limits.rank(), what + ".shape");
        long[] offsets = longs(map.get("data_offsets"), 2, what + ".data_offsets");
        if (offsets.length != 2) {
            throw new WeightsException(what + ".data_offsets must be two numbers, found " + offsets.length);
        }
        try {
            TensorType type = new TensorType(dtype, Shape.stored(dims));
            if (offsets[1] - offsets[0] != type.bytes()) {
                throw new WeightsException(what + ": " + type + " needs " + type.bytes() + " bytes, data_offsets give "
                        + (offsets[1] - offsets[0]));
            }
            return new Entry(name, type, offsets[0], offsets[1]);
        } catch (ShapeException e) {
            throw new WeightsException(what + ".shape: " + e.getMessage(), e);
        }
    }

    private static long[] longs(@Nullable Object value, int most, String what) throws WeightsException {
        if (!(value instanceof List<?> list) || list.size() > most) {
            throw new WeightsException(
                    what + " must be a list of at most " + most + " whole numbers, found " + Json.brief(value));
        }
        long[] out = new long[list.size()];
        for (int i = 0; i < out.length; i++) {
            if (!(list.get(i) instanceof Long n) || n < 0) {
                throw new WeightsException(
                        what + " must be whole numbers of at least 0, found " + Json.brief(list.get(i)));
            }
            out[i] = n;
        }
        return out;
    }

    /** No gaps, no overlaps, nothing left over: no second file can hide in this one. */
    private static void requireCovered(List<Entry> entries, long dataBytes, Limits limits, String where)
            throws WeightsException {
        if (dataBytes > limits.totalBytes()) {
            throw new WeightsException(
                    where + ": at most " + limits.totalBytes() + " bytes of data are read, found " + dataBytes);
        }
        List<Entry> ordered = new ArrayList<>(entries);
        ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long at = 0;
        for (Entry e : ordered) {
            if (e.begin() != at) {
                throw new WeightsException(where + ": " + e.name() + " must begin at byte " + at
                        + " of the data, where the tensor before it ends, found " + e.begin());
            }
            at = e.end();
        }
        if (at != dataBytes) {
            throw new WeightsException(where + ": the tensors take " + at + " bytes, the file has " + dataBytes
                    + (at > dataBytes ? "; it was truncated" : " bytes of data; the rest belongs to no tensor"));
        }
    }

    /** Text of the header for tensors in this order. */
    static String of(List<NamedTensor> tensors, Map<String, String> metadata) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            object.put("__metadata__", new TreeMap<>(metadata));
        }
        long at = 0;
        for (NamedTensor t : tensors) {
            List<Long> shape = new ArrayList<>();
            for (long d : t.type().shape().dims()) {
                shape.add(d);
            }
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dtype", nameOf(t.type().dtype()));
            entry.put("shape", shape);
            entry.put("data_offsets", List.of(at, Math.addExact(at, t.type().bytes())));
            if (object.put(t.name(), entry) != null) {
                throw new IllegalArgumentException("two tensors are named " + t.name());
            }
            at = Math.addExact(at, t.type().bytes());
        }
        return Json.write(object);
    }

    private static String nameOf(DType type) {
        return switch (type) {
            case S64, S32, S8 -> "I" + type.name().substring(1);
            case F64, F32, F16, BF16, U8 -> type.name().toUpperCase(Locale.ROOT);
        };
    }

    /** The order of the format's own library: it writes the types that it declares last first. */
    static int rank(DType type) {
        return switch (type) {
            case U8 -> 1;
            case S8 -> 2;
            case F16 -> 5;
            case BF16 -> 6;
            case S32 -> 7;
            case F32 -> 9;
            case F64 -> 10;
            case S64 -> 11;
        };
    }
}
