package org.resnet4j.onnx;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onnx.Onnx.Attribute;
import org.resnet4j.onnx.Onnx.AttributeProto;
import org.resnet4j.onnx.Onnx.NodeProto;
import org.resnet4j.weights.WeightsException;

/** The attributes of a node: each is taken once, with the type that it must have, and {@link #done} refuses those that are left. */
final class Attributes {
    private final Map<String, Attribute> left = new LinkedHashMap<>();

    private Attributes() {}

    static Attributes of(NodeProto node) throws WeightsException {
        Attributes made = new Attributes();
        for (AttributeProto a : node.attributes()) {
            if (made.left.putIfAbsent(a.name(), a.value()) != null) {
                throw new WeightsException("attribute " + a.name() + " must stand once, found it twice");
            }
        }
        return made;
    }

    /** The attribute of this name, or null. */
    @Nullable
    Attribute take(String name) {
        return left.remove(name);
    }

    long integer(String name, long otherwise) throws WeightsException {
        return switch (take(name)) {
            case null -> otherwise;
            case Attribute.Int i -> i.value();
            case Attribute a -> throw wrongType(name, "a whole number", a);
        };
    }

    float number(String name, float otherwise) throws WeightsException {
        return switch (take(name)) {
            case null -> otherwise;
            case Attribute.Real f -> f.value();
            case Attribute a -> throw wrongType(name, "a number", a);
        };
    }

    String text(String name, String otherwise) throws WeightsException {
        return switch (take(name)) {
            case null -> otherwise;
            case Attribute.Text t -> t.value();
            case Attribute a -> throw wrongType(name, "a text", a);
        };
    }

    /** The list of whole numbers of this name, or null. */
    long @Nullable [] integers(String name) throws WeightsException {
        return switch (take(name)) {
            case null -> null;
            case Attribute.Ints i -> i.values();
            case Attribute a -> throw wrongType(name, "whole numbers", a);
        };
    }

    /** {@code count} whole numbers from 0 to 65536; {@code otherwise}, each, where there are none. */
    int[] sizes(String name, int count, int otherwise) throws WeightsException {
        long[] found = integers(name);
        int[] out = new int[count];
        if (found == null) {
            Arrays.fill(out, otherwise);
            return out;
        }
        if (found.length != count) {
            throw new WeightsException(name + " must be " + count + " numbers, found " + found.length);
        }
        for (int i = 0; i < count; i++) {
            out[i] = size(name, found[i]);
        }
        return out;
    }

    static int size(String name, long value) throws WeightsException {
        if (value < 0 || value > 1 << 16) {
            throw new WeightsException(name + " must be 0 to 65536, found " + value);
        }
        return (int) value;
    }

    /** Refuses any other value than the one that changes nothing. */
    void only(String name, long value) throws WeightsException {
        long found = integer(name, value);
        if (found != value) {
            throw new WeightsException(name + " must be " + value + ", found " + found);
        }
    }

    /** Refuses attributes that nobody took. */
    void done() throws WeightsException {
        if (!left.isEmpty()) {
            throw new WeightsException("attribute " + String.join(", ", left.keySet()) + " is not known here");
        }
    }

    private static WeightsException wrongType(String name, String expected, Attribute found) {
        return new WeightsException("attribute " + name + " must be " + expected + ", found " + describe(found));
    }

    static String describe(Attribute a) {
        return switch (a) {
            case Attribute.Real _ -> "a number";
            case Attribute.Int _ -> "a whole number";
            case Attribute.Text _ -> "a text";
            case Attribute.Tensor _ -> "a tensor";
            case Attribute.Ints _ -> "whole numbers";
            case Attribute.Reals _ -> "numbers";
            case Attribute.Other o -> o.kind();
        };
    }
}
