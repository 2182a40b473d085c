package org.resnet4j.zoo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.GraphPrinter;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;
import org.resnet4j.memory.Buffer;
import org.resnet4j.memory.Lifetimes;
import org.resnet4j.memory.MemoryPlan;

/**
 * What a step of a graph does and where its results would lie if every one had a buffer in its plain layout: that part of a plan
 * that no processor, library or number of threads has a say in. Parameters, their gradients and running statistics have memory of
 * their own and no place here.
 */
final class StepTable {
    private final Graph graph;
    private final MemoryPlan memory;
    private final Set<Value> elsewhere = new HashSet<>();

    private StepTable(Graph graph) {
        this.graph = graph;
        graph.updates().forEach(b -> elsewhere.add(b.value()));
        graph.gradients().forEach(b -> elsewhere.add(b.value()));
        Lifetimes lifetimes = Lifetimes.of(graph);
        List<Buffer> buffers = new ArrayList<>();
        graph.inputs().forEach(v -> add(buffers, v, lifetimes));
        graph.nodes().forEach(n -> n.outputs().forEach(v -> add(buffers, v, lifetimes)));
        memory = MemoryPlan.of(buffers);
    }

    static StepTable of(Graph graph) {
        return new StepTable(graph);
    }

    private void add(List<Buffer> buffers, Value v, Lifetimes lifetimes) {
        if (!elsewhere.contains(v)) {
            buffers.add(new Buffer(v.id(), v.type().bytes(), lifetimes.first(v), lifetimes.last(v)));
        }
    }

    /** A line a node: name, operation, each result's type and place; then the totals. */
    String lines() {
        int name = graph.nodes().stream().mapToInt(n -> n.name().length()).max().orElse(0);
        int op = graph.nodes().stream()
                .mapToInt(n -> GraphPrinter.describe(n.op()).length())
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder();
        for (Value v : graph.inputs()) {
            text.append("input ").append(v.name()).append(place(v)).append('\n');
        }
        for (Node n : graph.nodes()) {
            StringBuilder line = new StringBuilder(String.format(
                    Locale.ROOT, "%-" + name + "s  %-" + op + "s", n.name(), GraphPrinter.describe(n.op())));
            n.outputs().forEach(v -> line.append(place(v)));
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.append(totals()).append('\n').toString();
    }

    private String place(Value v) {
        return elsewhere.contains(v) ? "" : "  " + v.type() + " @" + memory.offset(v.id());
    }

    /** Nodes and bytes; the bound is what is alive at the worst instant. */
    String totals() {
        long parameters = graph.parameters().stream()
                .map(Parameter::value)
                .mapToLong(v -> v.type().bytes())
                .sum();
        return String.format(
                Locale.ROOT,
                "%,d nodes, results %,d bytes (no plan needs less than %,d), parameters %,d bytes",
                graph.nodes().size(),
                memory.totalBytes(),
                memory.lowerBound(),
                parameters);
    }
}
