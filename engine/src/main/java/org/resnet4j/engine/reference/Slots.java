package org.resnet4j.engine.reference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.DType;

/**
 * Which array each value lies in: values of equal length take turns in one array once nobody reads the earlier one any more.
 *
 * <p>Inputs, parameters, outputs, updates and gradients have an array to themselves. Results of a node never share with its
 * operands.
 *
 * @param slotOf the array of each value
 * @param lengths elements of each array
 */
record Slots(Map<Value, Integer> slotOf, List<Integer> lengths) {
    static Slots of(Graph graph) {
        Map<Value, Integer> slotOf = new HashMap<>();
        List<Integer> lengths = new ArrayList<>();
        Map<Integer, Deque<Integer>> free = new HashMap<>();
        Map<Value, Integer> uses = graph.uses();
        Set<Value> given = Stream.concat(
                        graph.inputs().stream(), graph.parameters().stream().map(Parameter::value))
                .collect(Collectors.toSet());
        given.forEach(v -> slotOf.put(v, fresh(length(v), lengths)));
        for (Node node : graph.nodes()) {
            for (Value v : node.outputs()) {
                Deque<Integer> idle = free.computeIfAbsent(length(v), _ -> new ArrayDeque<>());
                slotOf.put(v, idle.isEmpty() ? fresh(length(v), lengths) : idle.pop());
            }
            for (Value v : node.inputs()) {
                if (uses.merge(v, -1, Integer::sum) == 0 && !given.contains(v)) {
                    release(v, slotOf, free);
                }
            }
            for (Value v : node.outputs()) {
                if (uses.getOrDefault(v, 0) == 0) {
                    release(v, slotOf, free);
                }
            }
        }
        return new Slots(Map.copyOf(slotOf), List.copyOf(lengths));
    }

    private static int fresh(int length, List<Integer> lengths) {
        lengths.add(length);
        return lengths.size() - 1;
    }

    private static void release(Value v, Map<Value, Integer> slotOf, Map<Integer, Deque<Integer>> free) {
        free.computeIfAbsent(length(v), _ -> new ArrayDeque<>()).push(Objects.requireNonNull(slotOf.get(v)));
    }

    /** Elements of a value; a key is 64 bits wide, which no double holds, so it stays in its input's memory. */
    private static int length(Value v) {
        return v.type().dtype() == DType.S64
                ? 0
                : Math.toIntExact(v.type().shape().elements());
    }

    /** The array of {@code v}. */
    int slot(Value v) {
        return Objects.requireNonNull(slotOf.get(v));
    }

    /** Where that array would begin if all lay one after the other; bytes. */
    long offset(Value v) {
        return lengths.stream()
                .limit(slot(v))
                .mapToLong(n -> (long) n * Double.BYTES)
                .sum();
    }

    /** Bytes of all arrays. */
    long bytes() {
        return lengths.stream().mapToLong(n -> (long) n * Double.BYTES).sum();
    }

    /** The arrays. */
    double[][] allocate() {
        return lengths.stream().map(n -> new double[n]).toArray(double[][]::new);
    }
}
