package org.resnet4j.engine.reference;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.TensorView;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.TensorType;

/** A reference plan with its arrays, its inputs and outputs as native views, and its parameters. */
final class ReferenceSession implements Session {
    private final ReferencePlan plan;
    private final Graph graph;
    private final Arena arena = Arena.ofShared();
    private final Parameters parameters;
    private final double[][] arrays;
    private final Map<Value, TensorView> inputs = new LinkedHashMap<>();
    private final Map<Value, TensorView> outputs = new LinkedHashMap<>();
    private final List<Operands> steps;
    private volatile boolean closed;

    ReferenceSession(ReferencePlan plan) {
        this.plan = plan;
        this.graph = plan.graph();
        this.arrays = plan.slots().allocate();
        this.parameters = Parameters.allocate(plan.requests(), plan.hasGradients());
        try {
            graph.inputs().forEach(v -> inputs.put(v, view(v)));
            graph.outputs().forEach(v -> outputs.put(v, view(v)));
        } catch (OutOfMemoryError e) {
            close();
            throw e;
        }
        this.steps = graph.nodes().stream()
                .map(n -> new Operands(n, arrays, plan.slots(), inputs))
                .toList();
    }

    private TensorView view(Value v) {
        return new TensorView(v.name(), v.type(), arena.allocate(v.type().bytes(), Parameters.ALIGNMENT));
    }

    @Override
    public Plan plan() {
        requireOpen();
        return plan;
    }

    @Override
    public Parameters parameters() {
        requireOpen();
        return parameters;
    }

    @Override
    public TensorView input(String name) {
        requireOpen();
        return Objects.requireNonNull(inputs.get(graph.input(name)));
    }

    @Override
    public TensorView output(String name) {
        requireOpen();
        return Objects.requireNonNull(outputs.get(graph.output(name)));
    }

    /** Everything that depends on parameters is computed anew in each run. */
    @Override
    public void parametersChanged() {
        requireOpen();
    }

    @Override
    public synchronized void run() {
        requireOpen();
        load();
        steps.forEach(ReferenceSession::execute);
        outputs.forEach((v, view) -> view.set(array(v)));
        for (Graph.Binding b : graph.updates()) {
            view(b.parameter(), parameters.stored(slot(b))).set(array(b.value()));
        }
        for (Graph.Binding b : graph.gradients()) {
            view(b.parameter(), parameters.storedGradient(slot(b))).set(array(b.value()));
        }
    }

    /** Looks at inputs and parameters first; leaves outputs, buffers and gradients as they are. */
    @Override
    public synchronized Optional<String> firstNonFinite() {
        requireOpen();
        load();
        for (Value v : graph.inputs()) {
            if (v.type().dtype().isFloating() && nonFinite(v).isPresent()) {
                return nonFinite(v).map(found -> "input " + found);
            }
        }
        for (Parameter p : graph.parameters()) {
            if (nonFinite(p.value()).isPresent()) {
                return nonFinite(p.value()).map(found -> "parameter " + found);
            }
        }
        for (Operands step : steps) {
            execute(step);
            for (Value v : step.node().outputs()) {
                if (v.type().dtype().isFloating() && nonFinite(v).isPresent()) {
                    return nonFinite(v).map(found -> "node " + step.node().name() + ", value " + found);
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public long[] profile(int runs) {
        requireOpen();
        long[] nanos = new long[steps.size()];
        for (int run = 0; run < runs; run++) {
            load();
            for (int i = 0; i < nanos.length; i++) {
                long start = System.nanoTime();
                execute(steps.get(i));
                nanos[i] += System.nanoTime() - start;
            }
        }
        return LongStream.of(nanos).map(n -> n / runs).toArray();
    }

    private static void execute(Operands step) {
        Kernels.run(step);
        for (int i = 0; i < step.node().outputs().size(); i++) {
            Elementwise.round(step.out(i), step.node().output(i).type().dtype());
        }
    }

    /** Inputs and parameters as doubles; refuses a label that is no class before anything is changed. */
    private void load() {
        inputs.forEach((v, view) -> read(v, view.segment()));
        for (Operands step : steps) {
            if (step.node().op() instanceof Op.Loss op && !op.softTargets()) {
                Loss.checkLabels(graph.name(), step);
            }
        }
        for (Parameter p : graph.parameters()) {
            read(p.value(), parameters.stored(parameters.slot(p.name())));
        }
    }

    private void read(Value v, MemorySegment from) {
        double[] to = array(v);
        for (int i = 0; i < to.length; i++) {
            to[i] = switch (v.type().dtype()) {
                case F64 -> from.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
                case F32 -> from.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                case S32 -> from.getAtIndex(ValueLayout.JAVA_INT, i);
                case U8 -> Byte.toUnsignedInt(from.get(ValueLayout.JAVA_BYTE, i));
                case S64, BF16, F16, S8 -> throw new IllegalStateException("refused by compile: " + v.type());
            };
        }
    }

    private Optional<String> nonFinite(Value v) {
        double[] a = array(v);
        for (int i = 0; i < a.length; i++) {
            if (!Double.isFinite(a[i])) {
                return Optional.of(v + " " + v.type() + ": element " + i + " is " + a[i]);
            }
        }
        return Optional.empty();
    }

    private double[] array(Value v) {
        return arrays[plan.slots().slot(v)];
    }

    private Parameters.Slot slot(Graph.Binding b) {
        return parameters.slot(b.parameter().name());
    }

    private static TensorView view(Value parameter, MemorySegment stored) {
        TensorType type = parameter.type();
        return new TensorView(parameter.name(), type, stored);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(graph.name() + ": this session is closed; open another from its plan");
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            parameters.close();
            arena.close();
        }
    }
}
