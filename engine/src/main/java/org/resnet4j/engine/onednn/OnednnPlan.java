package org.resnet4j.engine.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Graph;

/**
 * What a lowering decided, without the native objects: those are made again, the same way, for each session.
 */
final class OnednnPlan implements Plan {
    private final OnednnBackend backend;
    private final Graph graph;
    private final Blocking blocking;
    private final List<Row> rows;
    private final long activationBytes;
    private final long parameterBytes;

    private OnednnPlan(
            OnednnBackend backend,
            Graph graph,
            Blocking blocking,
            List<Row> rows,
            long activationBytes,
            long parameterBytes) {
        this.backend = backend;
        this.graph = graph;
        this.blocking = blocking;
        this.rows = rows;
        this.activationBytes = activationBytes;
        this.parameterBytes = parameterBytes;
    }

    /** {@code lowering} is that of one block. */
    static OnednnPlan of(OnednnBackend backend, Graph graph, Blocking blocking, Lowering lowering) {
        Placement placement = Placement.of(lowering, blocking.count());
        List<Row> rows = new ArrayList<>();
        lowering.prologue().forEach(step -> rows.add(row(step, placement, "once ")));
        String times = blocking.count() == 1 ? "" : blocking.count() + " times ";
        lowering.body().forEach(step -> rows.add(row(step, placement, times)));
        long parameters = Parameters.bytes(placement.requests(), lowering.training());
        return new OnednnPlan(backend, graph, blocking, List.copyOf(rows), placement.bytes(), parameters);
    }

    private static Row row(Step step, Placement placement, String when) {
        Tensor result = step.results().getFirst();
        String implementation = switch (step) {
            case Step.PrimitiveStep p -> p.desc().implementation();
            case Step.HostStep _ -> "java";
            case Step.WinogradStep w -> "winograd:f4x3+" + w.product().implementation();
        };
        Map<Integer, Long> offsets = placement.offsets();
        return new Row(
                step.node(),
                when + step.op(),
                result.layout.describeDims(),
                implementation,
                offsets.getOrDefault(result.id, -1L),
                result.layout.bytes(),
                result.layout.format());
    }

    Blocking blocking() {
        return blocking;
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public List<Row> rows() {
        return rows;
    }

    @Override
    public long activationBytes() {
        return activationBytes;
    }

    @Override
    public long parameterBytes() {
        return parameterBytes;
    }

    @Override
    public Session open() {
        return OnednnSession.open(backend, this);
    }
}
