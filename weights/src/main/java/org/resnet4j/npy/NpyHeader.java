package org.resnet4j.npy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.ShapeException;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.WeightsException;

/**
 * The header's Python dictionary. Its three keys stand in any order, as NumPy's readers allow.
 *
 * @param type element type and shape
 * @param columnMajor true if the first index runs fastest in the file
 */
record NpyHeader(TensorType type, boolean columnMajor) {
    private static final Map<String, DType> TYPES = Map.of(
            "<f8", DType.F64, "<f4", DType.F32, "<f2", DType.F16, "<i8", DType.S64, "<i4", DType.S32, "|i1", DType.S8,
            "|u1", DType.U8, "|b1", DType.U8);
    private static final Pattern ITEM = Pattern.compile(
            "\\s*'(descr|fortran_order|shape)'\\s*:\\s*('[^']{0,64}'|True|False|\\([0-9,L\\s]{0,400}\\))\\s*(,|})");

    static NpyHeader parse(String text, Limits limits, String where) throws WeightsException {
        String descr = null;
        String order = null;
        String shape = null;
        Matcher item = ITEM.matcher(text);
        int at = text.startsWith("{") ? 1 : text.length();
        boolean closed = false;
        while (!closed && at < text.length()) {
            if (closes(text, at) && descr != null) {
                closed = true;
                at = text.indexOf('}', at) + 1;
                break;
            }
            item.region(at, text.length());
            if (!item.lookingAt()) {
                throw broken(text, where);
            }
            String value = item.group(2);
            switch (item.group(1)) {
                case "descr" -> descr = once(descr, value, text, where);
                case "fortran_order" -> order = once(order, value, text, where);
                default -> shape = once(shape, value, text, where);
            }
            closed = item.group(3).equals("}");
            at = item.end();
        }
        if (!closed
                || descr == null
                || order == null
                || shape == null
                || !text.substring(at).isBlank()) {
            throw broken(text, where);
        }
        boolean columnMajor = order.equals("True");
        if ((!columnMajor && !order.equals("False")) || !shape.startsWith("(")) {
            throw broken(text, where);
        }
        return new NpyHeader(type(descr, dims(shape, limits, where), where), columnMajor);
    }

    private static boolean closes(String text, int at) {
        return text.substring(at, Math.min(text.length(), at + 8))
                .stripLeading()
                .startsWith("}");
    }

    private static String once(@Nullable String before, String value, String text, String where)
            throws WeightsException {
        if (before != null) {
            throw broken(text, where);
        }
        return value;
    }

    private static WeightsException broken(String text, String where) {
        String shown = text.substring(0, Math.min(200, text.length())).strip().replaceAll("\\p{Cntrl}", "?");
        return new WeightsException(
                where + ": the header must be {'descr': ..., 'fortran_order': ..., 'shape': ...}, found " + shown);
    }

    private static TensorType type(String quoted, long[] dims, String where) throws WeightsException {
        DType dtype = quoted.startsWith("'") ? TYPES.get(quoted.substring(1, quoted.length() - 1)) : null;
        if (dtype == null) {
            throw new WeightsException(where + ": descr must be one of "
                    + TYPES.keySet().stream().sorted().toList() + ", found " + quoted
                    + (quoted.contains("O") ? "; arrays of objects are pickles and never read" : ""));
        }
        try {
            return new TensorType(dtype, Shape.of(dims));
        } catch (ShapeException e) {
            throw new WeightsException(where + ": shape: " + e.getMessage(), e);
        }
    }

    private static long[] dims(String tuple, Limits limits, String where) throws WeightsException {
        List<Long> dims = new ArrayList<>();
        String inside = tuple.substring(1, tuple.length() - 1).strip();
        if (inside.endsWith(",")) {
            inside = inside.substring(0, inside.length() - 1);
        }
        for (String part : inside.isEmpty() ? new String[0] : inside.split(",", -1)) {
            try {
                dims.add(Long.parseLong(part.strip().replaceFirst("L$", "")));
            } catch (NumberFormatException e) {
                throw new WeightsException(where + ": shape must be a tuple of whole numbers, found " + tuple, e);
            }
        }
        if (dims.size() > limits.rank()) {
            throw new WeightsException(
                    where + ": a tensor has at most " + limits.rank() + " dimensions, found " + dims.size());
        }
        return dims.stream().mapToLong(Long::longValue).toArray();
    }

    /** The text that NumPy writes for a row-major tensor. */
    static String of(TensorType type) {
        String descr = TYPES.entrySet().stream()
                .filter(e -> e.getValue() == type.dtype() && !e.getKey().equals("|b1"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("NumPy has no " + type.dtype() + "; write f32 instead"));
        long[] dims = type.shape().dims();
        String shape = Arrays.stream(dims).mapToObj(Long::toString).collect(Collectors.joining(", "));
        return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + (dims.length == 1 ? "," : "")
                + "), }";
    }
}
