package org.resnet4j.naming;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.weights.NamedTensor;

/**
 * Which network weights look like, from names and shapes alone: a hint for people. What shapes do not tell (stride v1 or v1.5,
 * plain or option A) it does not say. Stateless.
 */
final class LooksLike {
    private static final Pattern BLOCK = Pattern.compile("layer(\\d{1,2})\\.(\\d{1,4})\\..*");
    private static final Map<List<Integer>, String> BASIC =
            Map.of(List.of(2, 2, 2, 2), "resnet18", List.of(3, 4, 6, 3), "resnet34");
    private static final Map<List<Integer>, String> BOTTLENECK =
            Map.of(List.of(3, 4, 6, 3), "50", List.of(3, 4, 23, 3), "101", List.of(3, 8, 36, 3), "152");

    private LooksLike() {}

    /** One clause such as {@code resnet18 with 1000 classes}; nothing if these are no residual network's weights. */
    static Optional<String> describe(Collection<NamedTensor> tensors) {
        Map<String, NamedTensor> byName = new LinkedHashMap<>();
        tensors.forEach(t -> byName.put(t.name(), t));
        Map<Integer, Integer> depths = new TreeMap<>();
        for (String name : byName.keySet()) {
            Matcher m = BLOCK.matcher(name);
            if (m.matches()) {
                depths.merge(Integer.valueOf(m.group(1)), Integer.parseInt(m.group(2)) + 1, Math::max);
            }
        }
        NamedTensor first = byName.get("layer1.0.conv2.weight");
        if (depths.isEmpty() || first == null || first.type().shape().rank() != 4) {
            return Optional.empty();
        }
        List<Integer> counts = new ArrayList<>(depths.values());
        String name = byName.containsKey("layer1.0.conv3.weight")
                ? bottleneck(counts, byName, first)
                : basic(counts, byName.get("conv1.weight"));
        NamedTensor head = byName.get("fc.weight");
        return Optional.of(name
                + (head == null
                        ? " without its classifier"
                        : " with " + head.type().shape().dim(0) + " classes"));
    }

    private static String basic(List<Integer> counts, @Nullable NamedTensor stem) {
        boolean cifar = stem != null
                && stem.type().shape().rank() == 4
                && stem.type().shape().dim(3) == 3;
        if (cifar && counts.size() == 3 && counts.stream().distinct().count() == 1) {
            return "cifar_resnet" + (6 * counts.getFirst() + 2);
        }
        return BASIC.getOrDefault(counts, "a residual network of basic blocks " + counts);
    }

    private static String bottleneck(List<Integer> counts, Map<String, NamedTensor> byName, NamedTensor middle) {
        String depth = BOTTLENECK.get(counts);
        if (depth == null) {
            return "a residual network of bottlenecks " + counts;
        }
        long width = middle.type().shape().dim(0);
        long perGroup = middle.type().shape().dim(1);
        if (perGroup < width) {
            return "resnext" + depth + "_" + width / perGroup + "x" + perGroup + "d";
        }
        String name = byName.containsKey("layer1.0.se.fc1.weight") ? "seresnet" + depth : "resnet" + depth;
        if (byName.containsKey("conv1.0.weight")) {
            return name + "d";
        }
        return width == 128 ? "wide_" + name + "_2" : name;
    }
}
