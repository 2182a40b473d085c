package org.resnet4j.zoo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.highway.HighwaySpec;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.Variant;
import org.resnet4j.vgg.VggSpec;

/**
 * The one form of a network in files: model folders, run records and the metadata of weights all hold this tree of JSON values
 * (maps, lists, texts, longs, doubles, booleans), complete, so that no default of a later version changes what a file means.
 * Stateless. Reading refuses what is missing, unknown or out of range.
 */
public final class SpecJson {
    private SpecJson() {}

    /** The network as JSON values. */
    public static Map<String, @Nullable Object> write(NetworkSpec spec) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        switch (spec) {
            case ResNetSpec s -> {
                json.put("family", "resnet");
                common(json, s);
                json.put("stem", text(s.stem()));
                json.put("block", text(s.block()));
                stages(json, s.depths(), s.widths());
                json.put("shortcut", s.shortcut().name());
                json.put("stride", s.stride().toString());
                json.put("pad", text(s.pad()));
                json.put("zero-init-last-gamma", s.zeroInitLastGamma());
                Variant v = s.variant();
                json.put("order", text(v.order()));
                json.put("groups", (long) v.groups());
                json.put("group-width", (long) v.groupWidth());
                json.put("squeeze", (long) v.squeeze());
                json.put("average-down", v.averageDown());
                json.put("stochastic-depth", v.stochasticDepth());
                json.put("epsilon", v.epsilon());
                json.put("bias", v.bias());
                json.put("stem-width", (long) v.stemWidth());
            }
            case VggSpec s -> {
                json.put("family", "vgg");
                common(json, s);
                stages(json, s.depths(), s.widths());
                json.put("batch-norm", s.batchNorm());
                json.put("hidden", (long) s.hidden());
                json.put("dropout", s.dropout());
            }
            case HighwaySpec s -> {
                json.put("family", "highway");
                common(json, s);
                stages(json, s.depths(), s.widths());
                json.put("reduced", (long) s.reduced());
                json.put("gate-bias", s.gateBias());
                json.put("dropout", s.dropout());
            }
        }
        return json;
    }

    /**
     * The network that these values describe.
     *
     * @throws IllegalArgumentException that names what is missing, unknown or out of range
     */
    public static NetworkSpec read(Map<String, ? extends @Nullable Object> json) {
        Fields f = new Fields(json);
        String family = f.text("family");
        NetworkSpec spec = switch (family) {
            case "resnet" -> residual(f);
            case "vgg" ->
                new VggSpec(
                        f.text("name"),
                        f.integers("depths"),
                        f.integers("widths"),
                        f.flag("batch-norm"),
                        f.integer("hidden"),
                        f.real("dropout"),
                        f.integer("classes"),
                        f.integer("input-size"));
            case "highway" ->
                new HighwaySpec(
                        f.text("name"),
                        f.integers("depths"),
                        f.integers("widths"),
                        f.integer("reduced"),
                        f.real("gate-bias"),
                        f.real("dropout"),
                        f.integer("classes"),
                        f.integer("input-size"));
            default ->
                throw new IllegalArgumentException(
                        "a network's family must be resnet, vgg or highway, found " + family);
        };
        Set<String> known = write(spec).keySet();
        for (String name : json.keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "a network of family " + family + " has " + known + ", found " + name);
            }
        }
        return spec;
    }

    private static ResNetSpec residual(Fields f) {
        Variant variant = new Variant(
                f.constant("order", Variant.Order.values()),
                f.integer("groups"),
                f.integer("group-width"),
                f.integer("squeeze"),
                f.flag("average-down"),
                f.real("stochastic-depth"),
                f.real("epsilon"),
                f.flag("bias"),
                f.integer("stem-width"));
        return new ResNetSpec(
                f.text("name"),
                f.constant("stem", ResNetSpec.Stem.values()),
                f.constant("block", ResNetSpec.Block.values()),
                f.integers("depths"),
                f.integers("widths"),
                f.constant("shortcut", ResNetSpec.Shortcut.values()),
                f.constant("stride", ResNetSpec.Stride.values()),
                f.constant("pad", ResNetSpec.ZeroPad.values()),
                f.integer("classes"),
                f.integer("input-size"),
                f.flag("zero-init-last-gamma"),
                variant);
    }

    private static void common(Map<String, @Nullable Object> json, NetworkSpec spec) {
        json.put("name", spec.name());
        json.put("classes", (long) spec.classes());
        json.put("input-size", (long) spec.inputSize());
    }

    private static void stages(Map<String, @Nullable Object> json, List<Integer> depths, List<Integer> widths) {
        json.put("depths", depths.stream().map(Integer::longValue).toList());
        json.put("widths", widths.stream().map(Integer::longValue).toList());
    }

    private static String text(Enum<?> constant) {
        return constant.toString().toLowerCase(Locale.ROOT);
    }

    /** The values by name, each of the type that is asked for or refused. */
    private record Fields(Map<String, ? extends @Nullable Object> json) {
        private static final int STAGES = 64;

        String text(String name) {
            return typed(name, String.class, "a text");
        }

        boolean flag(String name) {
            return typed(name, Boolean.class, "true or false");
        }

        double real(String name) {
            return typed(name, Number.class, "a number").doubleValue();
        }

        int integer(String name) {
            return whole(name, json.get(name));
        }

        List<Integer> integers(String name) {
            List<?> list = typed(name, List.class, "a list");
            if (list.size() > STAGES) {
                throw wrong(name, "a list of at most " + STAGES + " numbers");
            }
            List<Integer> out = new ArrayList<>();
            for (Object o : list) {
                out.add(whole(name, o));
            }
            return out;
        }

        private int whole(String name, @Nullable Object value) {
            if (value instanceof Long n && n == n.intValue()) {
                return n.intValue();
            }
            throw wrong(name, "a whole number");
        }

        <E extends Enum<E>> E constant(String name, E[] constants) {
            String found = text(name);
            for (E c : constants) {
                if (c.toString().equalsIgnoreCase(found)) {
                    return c;
                }
            }
            throw wrong(name, "one of " + List.of(constants));
        }

        private <T> T typed(String name, Class<T> type, String wanted) {
            Object value = json.get(name);
            if (!type.isInstance(value)) {
                throw wrong(name, wanted);
            }
            return type.cast(value);
        }

        private IllegalArgumentException wrong(String name, String wanted) {
            return new IllegalArgumentException(
                    "a network's " + name + " must be " + wanted + ", found " + json.get(name));
        }
    }
}
