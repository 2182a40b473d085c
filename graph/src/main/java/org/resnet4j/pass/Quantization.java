package org.resnet4j.pass;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.check.Verifier;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.DType;

/**
 * Rewrites a graph that went through {@link Passes#forInference} so that its convolutions multiply bytes: what ends in ReLU becomes
 * U8, everything else S8, each value by the one scale that its largest magnitude gives. Pooling of maxima and zero-pad shortcuts
 * pass bytes on; all else is done in F32. Post-training quantisation: Jacob et al. 2018, section 3.
 */
public final class Quantization extends TwoForms {
    private final Map<String, Double> largest;
    private final Set<String> kept;
    private final Map<Value, Node> producers;

    private Quantization(Graph graph, Map<String, Double> largest, Set<String> kept) {
        super(graph);
        this.largest = largest;
        this.kept = kept;
        this.producers = graph.producers();
    }

    /**
     * The graph in bytes.
     *
     * @param largest what stands for the largest byte, by the value's name: {@link #observed} of the graph
     * @param kept names of convolutions that stay in F32
     * @throws IllegalArgumentException if a magnitude is missing, or a name is no convolution's
     */
    public static Graph apply(Graph graph, Map<String, Double> largest, Set<String> kept) {
        Quantization pass = new Quantization(graph, largest, kept);
        Set<String> known = new LinkedHashSet<>();
        graph.nodes().stream().filter(n -> fused(n) != null).forEach(n -> known.add(n.name()));
        if (!known.containsAll(kept)) {
            throw new IllegalArgumentException(
                    graph.name() + ": convolutions to keep are named " + known + ", found " + kept);
        }
        graph.nodes().forEach(pass::add);
        return Verifier.verify(pass.done());
    }

    /** Values whose largest magnitude has to be known: what convolutions read and make. */
    public static List<Value> observed(Graph graph) {
        Quantization pass = new Quantization(graph, Map.of(), Set.of());
        Set<Value> values = new LinkedHashSet<>();
        for (Node n : graph.nodes()) {
            Op.FusedConv2d conv = fused(n);
            if (conv != null) {
                values.add(pass.origin(n.input(0)));
                if (conv.sum()) {
                    values.add(pass.origin(n.input(3)));
                }
                values.add(n.output());
            }
        }
        return List.copyOf(values);
    }

    /** Convolutions by name, in the graph's order. */
    public static List<String> convolutions(Graph graph) {
        return graph.nodes().stream()
                .filter(n -> fused(n) != null)
                .map(Node::name)
                .toList();
    }

    private static Op.@Nullable FusedConv2d fused(Node n) {
        return switch (n.op()) {
            case Op.FusedConv2d o -> o;
            case Op.Conv2d o when o.bias() -> new Op.FusedConv2d(o, false, false);
            default -> null;
        };
    }

    private void add(Node n) {
        Op.FusedConv2d conv = kept.contains(n.name()) ? null : fused(n);
        if (conv != null) {
            List<Value> operands = new ArrayList<>(n.inputs());
            operands.set(0, narrow(n.input(0)));
            if (conv.sum()) {
                operands.set(3, narrow(n.input(3)));
            }
            double addend = conv.sum() ? scale(n.input(3)) : 1;
            Value dst = n.output();
            put(n, new Op.QuantizedConv2d(conv, scale(n.input(0)), addend, scale(dst), type(dst)), operands);
        } else if (passesOn(n) && hasNarrow(n.input(0))) {
            put(n, n.op(), List.of(narrow(n.input(0))));
        } else {
            put(n, n.op(), n.inputs().stream().map(this::wide).toList());
        }
    }

    @Override
    Op narrowing(Value v) {
        return new Op.Quantize(scale(v), type(v));
    }

    @Override
    Op widening(Value v) {
        return new Op.Dequantize(scale(v));
    }

    private static boolean passesOn(Node n) {
        return n.op() instanceof Op.MaxPool || n.op() instanceof Op.PadShortcut;
    }

    /** Where the numbers of a value were made: behind operations that only move them. */
    private Value origin(Value v) {
        Node producer = producers.get(v);
        return producer != null && passesOn(producer) ? origin(producer.input(0)) : v;
    }

    private DType type(Value v) {
        Node producer = producers.get(origin(v));
        boolean positive = producer != null
                && switch (producer.op()) {
                    case Op.FusedConv2d o -> o.relu();
                    case Op.AddRelu _, Op.Relu _ -> true;
                    default -> false;
                };
        return positive ? DType.U8 : DType.S8;
    }

    private double scale(Value v) {
        String name = origin(v).name();
        Double found = largest.get(name);
        if (found == null || !(found >= 0 && found < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(graph.name() + ": the largest magnitude of " + name
                    + " is needed, a number, found " + found + "; calibrate the network first");
        }
        double steps = type(v) == DType.U8 ? 255 : 127;
        return found == 0 ? 1 : found / steps;
    }
}
