package org.resnet4j.memory;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;

/**
 * When each value of a graph is first written and last read, in the order of its nodes: node {@code i} runs at time {@code i}.
 *
 * <ul>
 *   <li>Inputs are written at {@link #BEFORE} and live to their last use.
 *   <li>Parameters live from {@link #BEFORE} to {@link #after()}: they outlive the step.
 *   <li>A node's results are written at the node's time and live to their last use; a result that nothing uses lives at that
 *       one time, because the node writes it all the same.
 *   <li>Outputs and the values of updates and gradients live to {@link #after()}: they are read when the step is done.
 * </ul>
 *
 * <p>Immutable.
 */
public final class Lifetimes {
    /** The time before the first node. */
    public static final int BEFORE = -1;

    /**
     * From a first write to a last read, both included.
     *
     * @param first time of the first write
     * @param last time of the last read, {@code first} at least
     */
    public record Span(int first, int last) {}

    private final String graphName;
    private final int after;
    private final Map<Value, Span> spans;

    private Lifetimes(String graphName, int after, Map<Value, Span> spans) {
        this.graphName = graphName;
        this.after = after;
        this.spans = spans;
    }

    /** The lifetimes of a verified graph's values. */
    public static Lifetimes of(Graph graph) {
        Map<Value, Span> spans = new LinkedHashMap<>();
        List<Node> nodes = graph.nodes();
        int after = nodes.size();
        graph.inputs().forEach(v -> spans.put(v, new Span(BEFORE, BEFORE)));
        graph.parameters().stream().map(Parameter::value).forEach(v -> spans.put(v, new Span(BEFORE, after)));
        for (int time = 0; time < after; time++) {
            for (Value v : nodes.get(time).inputs()) {
                extend(spans, v, time);
            }
            for (Value v : nodes.get(time).outputs()) {
                spans.put(v, new Span(time, time));
            }
        }
        graph.outputs().forEach(v -> extend(spans, v, after));
        graph.updates().forEach(b -> extend(spans, b.value(), after));
        graph.gradients().forEach(b -> extend(spans, b.value(), after));
        return new Lifetimes(graph.name(), after, spans);
    }

    private static void extend(Map<Value, Span> spans, Value v, int time) {
        spans.computeIfPresent(v, (_, s) -> new Span(s.first(), Math.max(s.last(), time)));
    }

    /** The time after the last node: the number of nodes. */
    public int after() {
        return after;
    }

    /** The span of {@code value}; throws {@link IllegalArgumentException} if it is not in the graph. */
    public Span of(Value value) {
        Span span = spans.get(value);
        if (span == null) {
            throw new IllegalArgumentException(graphName + " has no value " + value + " " + value.type());
        }
        return span;
    }

    /** Time at which {@code value} is first written. */
    public int first(Value value) {
        return of(value).first();
    }

    /** Time at which {@code value} is last read. */
    public int last(Value value) {
        return of(value).last();
    }
}
