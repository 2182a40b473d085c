package org.resnet4j.grad;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.resnet4j.check.ShapeInference;
import org.resnet4j.check.Verifier;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;

/**
 * Trades time for memory in a graph with gradients: few pictures are kept from the forward pass, the others are made again from them
 * just before their gradients need them. Results are the same bits. Chen et al. 2016, "Training deep nets with sublinear memory
 * cost"; torch.utils.checkpoint.
 *
 * <p>What is kept are pictures through which everything goes, such as the ends of residual blocks. A batch norm is made again with
 * the statistics that it found the first time, so that its running ones move once.
 */
public final class Recomputation {
    private final Graph graph;
    private final int forward;
    private final Map<Value, Integer> madeAt = new HashMap<>();
    private final Map<Value, Integer> lastForwardUse = new HashMap<>();
    private final Set<Value> neededBackward = new HashSet<>();
    private final long[] neededBefore; // bytes of pictures that backward needs, made before each forward node
    private int nextId;

    private Recomputation(Graph graph) {
        this.graph = graph;
        int nodes = graph.nodes().size();
        int first = 0;
        while (first < nodes && !(graph.nodes().get(first).op() instanceof Op.Backward)) {
            first++;
        }
        this.forward = first;
        for (int i = 0; i < nodes; i++) {
            Node node = graph.nodes().get(i);
            for (Value v : node.inputs()) {
                if (i < forward) {
                    lastForwardUse.put(v, i);
                } else {
                    neededBackward.add(v);
                }
            }
            for (Value v : node.outputs()) {
                madeAt.put(v, i);
                nextId = Math.max(nextId, v.id() + 1);
            }
        }
        graph.inputs().forEach(v -> nextId = Math.max(nextId, v.id() + 1));
        graph.parameters().forEach(p -> nextId = Math.max(nextId, p.value().id() + 1));
        graph.outputs().forEach(v -> lastForwardUse.put(v, nodes));
        neededBefore = new long[forward + 1];
        for (int i = 0; i < forward; i++) {
            neededBefore[i + 1] = neededBefore[i]
                    + graph.nodes().get(i).outputs().stream()
                            .mapToLong(this::needed)
                            .sum();
        }
    }

    /** The graph with less to keep; the batch must be fixed, since bytes are compared. */
    public static Graph of(Graph graph) {
        return new Recomputation(graph).run();
    }

    private Graph run() {
        List<Segment> segments = best(passages());
        List<Node> nodes = new ArrayList<>(graph.nodes().subList(0, forward));
        Map<Value, Value> again = new HashMap<>();
        Map<Value, Segment> segmentOf = new HashMap<>();
        for (Segment s : segments) {
            graph.nodes()
                    .subList(s.from(), s.to())
                    .forEach(n -> n.outputs().forEach(v -> {
                        if (isForgotten(v, s)) {
                            segmentOf.put(v, s);
                        }
                    }));
        }
        Set<Segment> done = new HashSet<>();
        for (Node node : graph.nodes().subList(forward, graph.nodes().size())) {
            for (Value v : node.inputs()) {
                Segment s = segmentOf.get(v);
                if (s != null && done.add(s)) {
                    repeat(s, nodes, again);
                }
            }
            nodes.add(new Node(
                    node.name(),
                    node.op(),
                    node.inputs().stream().map(v -> again.getOrDefault(v, v)).toList(),
                    node.outputs()));
        }
        return Verifier.verify(new Graph(
                graph.name(),
                graph.inputs(),
                graph.parameters(),
                nodes,
                graph.outputs(),
                graph.updates(),
                graph.gradients()));
    }

    /** Forward nodes {@code from} to {@code to}, the last of which makes what is kept. */
    private record Segment(int from, int to) {}

    /** Positions after which a single picture leads on, each the end of a possible segment. */
    private List<Integer> passages() {
        List<Integer> found = new ArrayList<>();
        Set<Value> alive = new HashSet<>();
        for (int i = 0; i < forward; i++) {
            Node node = graph.nodes().get(i);
            alive.addAll(node.inputs().stream().filter(madeAt::containsKey).toList());
            alive.addAll(node.outputs());
            int now = i;
            alive.removeIf(v -> lastForwardUse.getOrDefault(v, -1) <= now);
            boolean one = alive.size() == 1 && node.outputs().containsAll(alive);
            if (one && isPicture(alive.iterator().next())) {
                found.add(i + 1);
            }
        }
        return found;
    }

    private static boolean isPicture(Value v) {
        return v.type().shape().rank() == 4 && v.type().dtype().isFloating();
    }

    /** True for a picture that backward needs and that is not what its segment keeps. */
    private boolean isForgotten(Value v, Segment s) {
        return isPicture(v) && neededBackward.contains(v) && !isKept(v, s);
    }

    private boolean isKept(Value v, Segment s) {
        return lastForwardUse.getOrDefault(v, -1) >= s.to();
    }

    /** Of all bounds on a segment's size, the one with the fewest bytes: what is kept, and the largest segment's own. */
    private List<Segment> best(List<Integer> ends) {
        List<Segment> best = List.of();
        long least = Long.MAX_VALUE;
        Set<Long> bounds = new HashSet<>();
        for (int end : ends) {
            bounds.add(bytes(new Segment(0, end)));
        }
        for (long bound : bounds) {
            List<Segment> segments = bounded(ends, bound);
            long kept = 0;
            long largest = 0;
            for (Segment s : segments) {
                kept += passing(s).type().bytes();
                largest = Math.max(largest, bytes(s));
            }
            if (kept + largest < least) {
                least = kept + largest;
                best = segments;
            }
        }
        return best;
    }

    /** As few segments as forget no more than {@code bound} bytes each, where one passage to the next does not already. */
    private List<Segment> bounded(List<Integer> ends, long bound) {
        List<Segment> segments = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < ends.size(); i++) {
            boolean last = i + 1 == ends.size();
            if (last || bytes(new Segment(from, ends.get(i + 1))) > bound) {
                segments.add(new Segment(from, ends.get(i)));
                from = ends.get(i);
            }
        }
        return segments;
    }

    /**
     * Bytes that a segment between passages forgets. All that is made in it is last used in it, but for the picture at its end: what is
     * needed is added up once, before any segment is looked at.
     */
    private long bytes(Segment s) {
        return neededBefore[s.to()] - neededBefore[s.from()] - needed(passing(s));
    }

    private long needed(Value v) {
        return isPicture(v) && neededBackward.contains(v) ? v.type().bytes() : 0;
    }

    /** The one picture that leads on from a segment. */
    private Value passing(Segment s) {
        return graph.nodes().get(s.to() - 1).outputs().stream()
                .filter(v -> isPicture(v) && isKept(v, s))
                .findFirst()
                .orElseThrow();
    }

    /** Adds the nodes that make the forgotten pictures of a segment again. */
    private void repeat(Segment s, List<Node> to, Map<Value, Value> again) {
        Set<Value> wanted = new HashSet<>();
        List<Node> inside = graph.nodes().subList(s.from(), s.to());
        for (Node n : inside) {
            n.outputs().stream().filter(v -> isForgotten(v, s)).forEach(wanted::add);
        }
        List<Node> chosen = new ArrayList<>();
        for (Node n : inside.reversed()) {
            if (wanted.contains(n.output())) {
                chosen.add(n);
                pictures(n).stream()
                        .filter(v -> madeAt.getOrDefault(v, -1) >= s.from() && !isKept(v, s))
                        .forEach(wanted::add);
            }
        }
        chosen.reversed().forEach(n -> repeat(n, to, again));
    }

    /** What is read when a node is done again: of a batch norm not the statistics, which are kept. */
    private static List<Value> pictures(Node n) {
        return n.inputs().stream().filter(Recomputation::isPicture).toList();
    }

    private void repeat(Node n, List<Node> to, Map<Value, Value> again) {
        switch (n.op()) {
            case Op.BatchNorm o -> {
                List<Value> operands =
                        List.of(n.input(0), n.input(1), n.input(2), n.output(1), n.output(2)); // src, scale, shift
                if (o.relu()) {
                    Value normal =
                            emit(n.name() + ".again.norm", new Op.BatchNormInference(o.epsilon()), operands, to, again);
                    again.put(n.output(), emit(n.name() + ".again", new Op.Relu(), List.of(normal), to, again));
                } else {
                    again.put(
                            n.output(),
                            emit(n.name() + ".again", new Op.BatchNormInference(o.epsilon()), operands, to, again));
                }
            }
            default -> again.put(n.output(), emit(n.name() + ".again", n.op(), n.inputs(), to, again));
        }
    }

    /** A node on what was made again where it was; gives its first result. */
    private Value emit(String name, Op op, List<Value> operands, List<Node> to, Map<Value, Value> again) {
        List<Value> now = operands.stream().map(v -> again.getOrDefault(v, v)).toList();
        List<Value> results = new ArrayList<>();
        ShapeInference.infer(op, now.stream().map(Value::type).toList())
                .forEach(t ->
                        results.add(new Value(nextId++, results.isEmpty() ? name : name + "." + results.size(), t)));
        to.add(new Node(name, op, now, results));
        return results.getFirst();
    }
}
