package org.resnet4j.engine.onednn;

import static org.resnet4j.engine.onednn.Tensor.FOREVER;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.engine.PlanException;
import org.resnet4j.engine.onednn.Step.Operand;
import org.resnet4j.engine.onednn.Tensor.Home;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.GraphPrinter;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;
import org.resnet4j.onednn.Arg;
import org.resnet4j.onednn.MemoryDesc;
import org.resnet4j.onednn.PrimitiveDesc;
import org.resnet4j.onednn.PrimitiveDesc.Query;
import org.resnet4j.tensor.DType;

/**
 * Turns a graph into steps: keeps the books of which tensor holds which value in which layout, where results may overwrite
 * operands, and which reorders are needed. What each operation becomes is in {@link OpLowering}.
 *
 * <p>In a training graph a parameter takes the layout that its first user asks for, so that it stays in it from step to step.
 * In a graph without gradients parameters stay plain. What depends alone on parameters that training does not move, all of them
 * there, frozen ones here, is done once, in the prologue.
 */
final class Lowering implements AutoCloseable {
    private static final Set<Arg> DIFFERENTIALS =
            Set.of(Arg.DIFF_SRC, Arg.DIFF_WEIGHTS, Arg.DIFF_BIAS, Arg.DIFF_SCALE, Arg.DIFF_SHIFT);

    private final Graph graph;
    private final Primitives primitives;
    private final boolean training;
    private final boolean winograd;
    private final Map<Value, Integer> lastUse = new HashMap<>();
    private final Map<Value, Tensor> tensors = new LinkedHashMap<>();
    private final Map<Value, List<Tensor>> copies = new HashMap<>();
    private final Map<Value, Tensor> gradientSlots = new HashMap<>();
    private final Map<Value, Value> gradientOf = new HashMap<>();
    private final Set<Value> constants = new HashSet<>();
    private final Set<Value> unplaced = new HashSet<>();
    private final List<Step> prologue = new ArrayList<>();
    private final List<Step> body = new ArrayList<>();
    private final List<Step> pending = new ArrayList<>();
    private int position;
    private int nextId;
    private boolean inPrologue;

    private Lowering(Graph graph, Primitives primitives, boolean winograd) {
        this.graph = graph;
        this.winograd = winograd;
        this.primitives = primitives;
        this.training = !graph.gradients().isEmpty() || !graph.updates().isEmpty();
    }

    /**
     * The steps of {@code graph}; the caller closes {@code primitives} when they are no longer needed.
     *
     * @param winograd whether convolutions may be done by {@link Winograd}
     */
    static Lowering of(Graph graph, Primitives primitives, boolean winograd) {
        Lowering lowering = new Lowering(graph, primitives, winograd);
        lowering.run();
        return lowering;
    }

    Graph graph() {
        return graph;
    }

    Primitives primitives() {
        return primitives;
    }

    boolean training() {
        return training;
    }

    List<Step> prologue() {
        return prologue;
    }

    List<Step> body() {
        return body;
    }

    /** The tensor of a value, for inputs, parameters and outputs. */
    Tensor tensor(Value v) {
        Tensor t = tensors.get(v);
        if (t == null) {
            throw new PlanException(graph.name() + ": " + v + " was never made");
        }
        return t;
    }

    /** The tensor of a trainable parameter's gradient, or null if it has none. */
    @Nullable
    Tensor gradient(Value parameter) {
        return gradientSlots.get(parameter);
    }

    private void run() {
        for (int i = 0; i < graph.nodes().size(); i++) {
            for (Value v : graph.nodes().get(i).inputs()) {
                lastUse.put(v, i);
            }
        }
        graph.outputs().forEach(v -> lastUse.put(v, FOREVER));
        graph.inputs().forEach(v -> define(v, Home.KEPT, primitives.plain(v.type())).lastNode = FOREVER);
        Set<Value> updated =
                graph.updates().stream().map(Graph.Binding::parameter).collect(Collectors.toSet());
        for (Parameter p : graph.parameters()) {
            define(p.value(), Home.PARAMETER, primitives.plain(p.value().type())).lastNode = FOREVER;
            unplaced.add(p.value());
            if (!training || (!p.trainable() && !updated.contains(p.value()))) {
                constants.add(p.value());
            }
        }
        for (Graph.Binding b : graph.gradients()) {
            Tensor slot =
                    new Tensor(nextId++, "grad." + b.parameter().name(), Home.GRADIENT, tensor(b.parameter()).layout);
            slot.lastNode = FOREVER;
            gradientSlots.put(b.parameter(), slot);
            gradientOf.putIfAbsent(b.value(), b.parameter());
        }
        OpLowering ops = new OpLowering(this, primitives, winograd);
        placeMasters();
        for (position = 0; position < graph.nodes().size(); position++) {
            Node node = graph.nodes().get(position);
            inPrologue = node.inputs().stream().allMatch(constants::contains);
            if (inPrologue) {
                constants.addAll(node.outputs());
            }
            ops.lower(node);
            List<Step> moves = List.copyOf(pending);
            pending.clear();
            moves.forEach(this::emit);
        }
        inPrologue = false;
        bindGradients();
        plainOutputs();
    }

    /**
     * Weights of BF16 pictures lie as their gradient is made: both are F32, and none of the users that take them as BF16 has a
     * layout that F32 could share.
     */
    private void placeMasters() {
        for (Node n : graph.nodes()) {
            Value parameter = gradientOf.get(n.output());
            if (parameter != null
                    && n.op() instanceof Op.Conv2dBackwardWeights o
                    && n.input(0).type().dtype() == DType.BF16
                    && unplaced.remove(parameter)) {
                tensor(parameter).layout = primitives.of(primitives.convBackwardWeights(n, o), Query.DIFF_WEIGHTS);
            }
        }
    }

    /** Gradients whose value was made elsewhere, such as one value that is two parameters' gradient. */
    private void bindGradients() {
        for (Graph.Binding b : graph.gradients()) {
            Tensor slot = gradientSlots.get(b.parameter());
            Tensor made = tensor(b.value());
            if (slot != null && made != slot) {
                slot.layout = tensor(b.parameter()).layout;
                emit(primitives.reorder(b.parameter().name() + ".grad", made, made.layout, slot, slot.layout));
            }
        }
    }

    /** Outputs are given back row-major. */
    private void plainOutputs() {
        for (Value v : graph.outputs()) {
            Tensor made = tensor(v);
            MemoryDesc plain = primitives.plain(v.type());
            if (made.home != Home.KEPT || !made.layout.equals(plain)) {
                Tensor out = new Tensor(nextId++, v.name(), Home.KEPT, plain);
                emit(primitives.reorder(v.name() + " to plain", made, made.layout, out, plain));
                tensors.put(v, out);
            }
        }
    }

    /** Adds a step where the current node's steps go. */
    void emit(Step step) {
        (inPrologue ? prologue : body).add(step);
    }

    private Tensor define(Value v, Home home, MemoryDesc layout) {
        Tensor t = new Tensor(nextId++, v.name(), home, layout);
        t.lastNode = lastUse.getOrDefault(v, position);
        tensors.put(v, t);
        return t;
    }

    /** A tensor for a result in this layout; for a gradient its own slot, by way of a reorder if the layouts differ. */
    Tensor result(Value v, MemoryDesc layout) {
        Value parameter = gradientOf.get(v);
        return parameter == null
                ? define(v, inPrologue ? Home.CONSTANT : Home.BLOCK, layout)
                : gradientResult(parameter, v, layout);
    }

    private Tensor gradientResult(Value parameter, Value v, MemoryDesc layout) {
        Tensor slot = Objects.requireNonNull(gradientSlots.get(parameter));
        slot.layout = tensor(parameter).layout;
        if (slot.layout.equals(layout)) {
            tensors.put(v, slot);
            return slot;
        }
        Tensor temporary = new Tensor(nextId++, v.name(), Home.BLOCK, layout);
        temporary.lastNode = position;
        pending.add(primitives.reorder(v.name() + " reorder", temporary, layout, slot, slot.layout));
        tensors.put(v, slot);
        return temporary;
    }

    /** The operand's own tensor for a result of the same layout if nobody needs the operand afterwards, else a new one. */
    Tensor resultInPlace(Value v, Value operand) {
        Tensor t = tensor(operand);
        if (!diesHere(operand) || gradientOf.containsKey(v)) {
            return result(v, t.layout);
        }
        t.lastNode = lastUse.getOrDefault(v, position);
        tensors.put(v, t);
        return t;
    }

    /** The first result over an operand's memory where that is sound: it is the operand's own tensor and nobody needs it later. */
    Tensor over(Node n, Tensor used, Value operand) {
        return used == tensor(operand) ? resultInPlace(n.output(), operand) : result(n.output(), used.layout);
    }

    /** True if {@link #resultInPlace} would overwrite the operand. */
    boolean diesHere(Value operand) {
        Tensor t = tensor(operand);
        return t.home == Home.BLOCK && t.lastNode <= position;
    }

    /** Emits where steps on {@code v} alone go: once, before all others, if it depends on parameters only. */
    <T> T where(Value v, Supplier<T> emits) {
        boolean before = inPrologue;
        inPrologue = before || constants.contains(v);
        try {
            return emits.get();
        } finally {
            inPrologue = before;
        }
    }

    /** A tensor that depends on nothing, filled once by the steps that {@code fill} emits. */
    Tensor once(String name, MemoryDesc layout, Consumer<Tensor> fill) {
        boolean before = inPrologue;
        inPrologue = true;
        try {
            Tensor t = temporary(name, layout);
            fill.accept(t);
            return t;
        } finally {
            inPrologue = before;
        }
    }

    /** A tensor that only the current node's steps use. */
    Tensor temporary(String name, MemoryDesc layout) {
        Tensor t = new Tensor(nextId++, name, inPrologue ? Home.CONSTANT : Home.BLOCK, layout);
        t.lastNode = position;
        return t;
    }

    /** A parameter's own memory under the name of the value that replaces it: updated in place. */
    void updateInPlace(Value parameter, Value newValue) {
        tensors.put(newValue, tensor(parameter));
    }

    /** The value in this layout: its own tensor, one that was reordered before, or a new reorder. */
    Tensor in(Value v, MemoryDesc layout) {
        Tensor own = tensor(v);
        if (training && own.layout.dataType() == layout.dataType() && unplaced.remove(v)) {
            own.layout = layout;
        }
        if (own.layout.equals(layout)) {
            return own;
        }
        List<Tensor> known = copies.computeIfAbsent(v, _ -> new ArrayList<>());
        for (Tensor t : known) {
            if (t.layout.equals(layout)) {
                return t;
            }
        }
        boolean once = constants.contains(v);
        Tensor copy = new Tensor(nextId++, v.name(), once ? Home.CONSTANT : Home.BLOCK, layout);
        copy.lastNode = lastUse.getOrDefault(v, position);
        Step reorder = primitives.reorder(v.name() + " reorder", own, primitives.as(own.layout, layout), copy, layout);
        (once ? prologue : body).add(reorder);
        known.add(copy);
        return copy;
    }

    /** The value row-major. */
    Tensor plain(Value v) {
        return in(v, primitives.plain(v.type()));
    }

    /** A picture channels-last. */
    Tensor picture(Value v) {
        return in(v, primitives.channelsLast(v.type()));
    }

    /** Adds a primitive. */
    void primitive(Node node, String suffix, PrimitiveDesc desc, List<Operand> operands) {
        List<Tensor> results = operands.stream()
                .filter(o -> writes(node, o.arg()))
                .map(Operand::tensor)
                .toList();
        emit(new Step.PrimitiveStep(node.name() + suffix, GraphPrinter.describe(node.op()), desc, operands, results));
    }

    /** True if a primitive of this node writes the argument: what is read in one direction is written in the other. */
    private static boolean writes(Node node, Arg arg) {
        boolean backward = node.op() instanceof Op.Backward;
        if (arg.equals(Arg.DST)) {
            return !(node.op() instanceof Op.ReluBackward || node.op() instanceof Op.SoftmaxBackward);
        }
        if (arg.equals(Arg.WORKSPACE)) {
            return !backward;
        }
        return DIFFERENTIALS.contains(arg);
    }

    /** Adds a loop in Java. */
    void host(Node node, String suffix, Step.HostKernel kernel, List<Tensor> operands, List<Tensor> results) {
        emit(new Step.HostStep(node.name() + suffix, GraphPrinter.describe(node.op()), kernel, operands, results));
    }

    static Operand operand(Arg arg, Tensor tensor) {
        return new Operand(arg, tensor);
    }

    /**
     * Throws if a graph has values that this backend does not compute in. Larger values than 2^31 - 1 elements are refused,
     * because oneDNN chooses implementations with 32-bit products of dimensions: 3.11 divides by zero where one wraps, which ends
     * the process.
     */
    static void requireSupported(Graph graph) {
        graph.inputs().forEach(v -> requireCountable(graph, "input", v));
        graph.parameters().forEach(p -> requireCountable(graph, "parameter", p.value()));
        for (Node n : graph.nodes()) {
            for (Value v : n.outputs()) {
                DType t = v.type().dtype();
                if (t != DType.F32 && t != DType.BF16 && t != DType.U8 && t != DType.S8) {
                    throw new PlanException(graph.name() + ", " + n.name()
                            + ": the onednn backend computes in f32, bf16 and bytes, found " + v.type()
                            + "; use the reference backend");
                }
                if (v.type().shape().isSymbolic()) {
                    throw new PlanException(graph.name() + ", " + n.name() + ": a plan needs a fixed batch, found "
                            + v.type() + "; call withBatch first");
                }
                requireCountable(graph, n.name(), v);
            }
        }
    }

    private static void requireCountable(Graph graph, String where, Value v) {
        if (!v.type().shape().isSymbolic() && v.type().shape().elements() > Integer.MAX_VALUE) {
            throw new PlanException(graph.name() + ", " + where + ": the onednn backend takes values of at most "
                    + Integer.MAX_VALUE + " elements, found " + v + " " + v.type() + "; take a smaller batch");
        }
    }

    @Override
    public void close() {
        primitives.close();
    }
}
