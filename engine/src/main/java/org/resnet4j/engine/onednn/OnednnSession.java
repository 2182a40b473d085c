package org.resnet4j.engine.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.resnet4j.engine.OutOfNativeMemoryException;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.TensorView;
import org.resnet4j.engine.onednn.Step.Operand;
import org.resnet4j.engine.onednn.Tensor.Home;
import org.resnet4j.graph.Value;
import org.resnet4j.onednn.Execution;
import org.resnet4j.onednn.Team;

/** A lowering bound to memory: an array of runnables, called in order on a compute thread. One run at a time. */
final class OnednnSession implements Session {
    private final OnednnPlan plan;
    private final ComputeThreads threads;
    private final Object running = new Object();
    private final Arena arena = Arena.ofShared();
    private final Map<String, TensorView> inputs = new HashMap<>();
    private final Map<String, TensorView> outputs = new HashMap<>();
    private final Steps prologue = new Steps();
    private final Steps body = new Steps();
    private Lowering lowering;
    private Placement placement;
    private Parameters parameters;
    private MemorySegment block;
    private int now; // the block of the batch that is being bound
    private volatile boolean stale = true;
    private volatile boolean closed;

    /** A step with its memory, and what it writes for {@link #firstNonFinite}. */
    private record Bound(Step step, ComputeThread.Task action, List<MemorySegment> results) {}

    /** Runs one after another; an object of its own, so that a run makes no lambda. */
    private static final class Steps implements ComputeThread.Task {
        private final List<Bound> all = new ArrayList<>();

        @Override
        public void run(Team team) {
            for (int i = 0; i < all.size(); i++) {
                all.get(i).action().run(team);
            }
        }
    }

    @SuppressWarnings("NullAway") // the fields that bind() sets on the compute thread before open() returns
    private OnednnSession(OnednnPlan plan, ComputeThreads threads) {
        this.plan = plan;
        this.threads = threads;
    }

    static OnednnSession open(OnednnBackend backend, OnednnPlan plan) {
        ComputeThreads threads = backend.computeThreads();
        OnednnSession session = new OnednnSession(plan, threads);
        try {
            threads.run(_ -> session.bind(backend));
        } catch (OutOfMemoryError e) {
            session.close();
            throw new OutOfNativeMemoryException(plan, e);
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
        return session;
    }

    private void bind(OnednnBackend backend) {
        Blocking blocking = plan.blocking();
        lowering = backend.lower(blocking.graph());
        placement = Placement.of(lowering, blocking.count());
        parameters = Parameters.allocate(placement.requests(), lowering.training());
        block = arena.allocate(Math.max(1, placement.bytes()), Parameters.ALIGNMENT);
        view(plan.graph().inputs(), blocking.graph().inputs(), inputs);
        view(plan.graph().outputs(), blocking.graph().outputs(), outputs);
        lowering.prologue().forEach(s -> prologue.all.add(bind(s)));
        List<Bound> shared = new ArrayList<>();
        for (now = 0; now < blocking.count(); now++) {
            for (int i = 0; i < lowering.body().size(); i++) {
                Step step = lowering.body().get(i);
                // What neither reads nor writes a block's own part of the batch is the same object for all blocks.
                boolean own = Placement.touched(step).stream().anyMatch(t -> t.home == Home.KEPT);
                if (now == 0) {
                    shared.add(bind(step));
                }
                body.all.add(now > 0 && own ? bind(step) : shared.get(i));
            }
        }
    }

    /** Values of the whole batch over the memory of all blocks. */
    private void view(List<Value> whole, List<Value> ofBlock, Map<String, TensorView> views) {
        for (int i = 0; i < whole.size(); i++) {
            Value v = whole.get(i);
            Tensor t = lowering.tensor(ofBlock.get(i));
            MemorySegment memory = placed(t, 0, plan.blocking().count() * t.layout.bytes());
            views.put(v.name(), new TensorView(v.name(), v.type(), memory));
        }
    }

    private Bound bind(Step step) {
        List<MemorySegment> results = step.results().stream().map(this::memory).toList();
        return switch (step) {
            case Step.PrimitiveStep p -> new Bound(p, bindPrimitive(p), results);
            case Step.HostStep h ->
                new Bound(
                        h,
                        h.kernel().bind(h.operands().stream().map(this::memory).toList()),
                        results);
            case Step.WinogradStep w -> new Bound(w, bindWinograd(w), results);
        };
    }

    private ComputeThread.Task bindWinograd(Step.WinogradStep step) {
        Step.WinogradOperands o = step.operands();
        Winograd w = step.winograd();
        MemorySegment bias =
                o.bias() == null ? arena.allocate(w.oc() * Float.BYTES, Parameters.ALIGNMENT) : memory(o.bias());
        WinogradLoops.Epilogue epilogue =
                new WinogradLoops.Epilogue(bias, o.sum(), o.relu() ? 0 : Float.NEGATIVE_INFINITY);
        WinogradMember[] members = new WinogradMember[w.members()];
        for (int i = 0; i < members.length; i++) {
            MemorySegment own = memory(o.memory()).asSlice(i * step.memberBytes(), step.memberBytes());
            MemorySegment weights = memory(o.weights().tensor());
            members[i] = WinogradMember.of(
                    step,
                    lowering.primitives(),
                    new WinogradLoops(w, memory(o.src()), memory(o.dst()), own),
                    own,
                    weights,
                    epilogue);
        }
        Team.Work work =
                (member, count) -> members[member].run(w.blocks() * member / count, w.blocks() * (member + 1) / count);
        return team -> team.run(work);
    }

    private ComputeThread.Task bindPrimitive(Step.PrimitiveStep step) {
        List<Execution.Argument> arguments = new ArrayList<>();
        for (Operand o : step.operands()) {
            arguments.add(new Execution.Argument(o.arg(), o.layout(), memory(o.tensor())));
        }
        MemorySegment scratchpad = block.asSlice(placement.scratchpad());
        Execution execution = lowering.primitives().execution(step.desc(), arguments, scratchpad);
        return _ -> execution.run();
    }

    private MemorySegment memory(Tensor t) {
        long bytes = t.layout.bytes();
        return switch (t.home) {
            case KEPT -> placed(t, now * bytes, bytes);
            case BLOCK, CONSTANT -> placed(t, 0, bytes);
            case PARAMETER ->
                parameters.values().asSlice(parameters.slot(t.name).offset(), bytes);
            case GRADIENT ->
                parameters
                        .gradients()
                        .asSlice(
                                parameters
                                        .slot(t.name.substring("grad.".length()))
                                        .offset(),
                                bytes);
        };
    }

    private MemorySegment placed(Tensor t, long from, long bytes) {
        Long offset = placement.offsets().get(t.id);
        if (offset == null) {
            throw new IllegalStateException(t.name + " was not placed");
        }
        return block.asSlice(offset + from, bytes);
    }

    @Override
    public Plan plan() {
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
        return view(inputs, name, "input");
    }

    @Override
    public TensorView output(String name) {
        requireOpen();
        return view(outputs, name, "output");
    }

    private TensorView view(Map<String, TensorView> views, String name, String what) {
        TensorView view = views.get(name);
        if (view == null) {
            throw new IllegalArgumentException(
                    plan.graph().name() + " has no " + what + " named " + name + "; it has " + views.keySet());
        }
        return view;
    }

    @Override
    public void parametersChanged() {
        requireOpen();
        stale = true;
    }

    @Override
    public void run() {
        synchronized (running) {
            requireOpen();
            if (stale) {
                stale = false;
                threads.run(prologue);
            }
            threads.run(body);
        }
    }

    @Override
    public Optional<String> firstNonFinite() {
        synchronized (running) {
            requireOpen();
            for (Steps steps : List.of(prologue, body)) {
                for (Bound bound : steps.all) {
                    threads.run(bound.action());
                    Optional<String> found = nonFinite(bound);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.empty();
        }
    }

    @Override
    public long[] profile(int runs) {
        List<Bound> steps =
                Stream.concat(prologue.all.stream(), body.all.stream()).toList();
        int once = prologue.all.size();
        int rows = body.all.size() / plan.blocking().count();
        long[] nanos = new long[once + rows];
        synchronized (running) {
            requireOpen();
            threads.run(team -> {
                for (int run = 0; run < runs; run++) {
                    for (int i = 0; i < steps.size(); i++) {
                        long start = System.nanoTime();
                        steps.get(i).action().run(team);
                        nanos[i < once ? i : once + (i - once) % rows] += System.nanoTime() - start;
                    }
                }
            });
        }
        return LongStream.of(nanos).map(n -> n / runs).toArray();
    }

    private static Optional<String> nonFinite(Bound bound) {
        for (int i = 0; i < bound.results().size(); i++) {
            Tensor t = bound.step().results().get(i);
            if (t.layout.isFloat() && !Parameters.allFinite(bound.results().get(i))) {
                return Optional.of(bound.step().node() + " (" + bound.step().op() + ", " + t.name + ")");
            }
        }
        return Optional.empty();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the session of " + plan.graph().name() + " is closed");
        }
    }

    @Override
    public void close() {
        synchronized (running) {
            if (closed) {
                return;
            }
            closed = true;
            if (parameters != null) {
                parameters.close(); // first: waits for a copy, which needs the layouts that the lowering owns
            }
            if (lowering != null) {
                lowering.close();
            }
            arena.close();
        }
    }
}
