package org.resnet4j.onnx;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Init;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.onnx.Onnx.NodeProto;
import org.resnet4j.onnx.Onnx.TensorProto;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;

/**
 * A graph that is being read: what each name stands for, the graph built so far, and the node whose turn it is. Errors thrown from
 * here say what is wrong; the caller knows of which node. Not thread-safe.
 */
final class Scope {
    /** Most whole numbers folded in one file: those of option A are a few dozen. */
    private static final int MAX_FOLDED = 100_000;

    private final GraphBuilder builder;
    private final Arena arena;
    private final long mostDerivedBytes;
    private final Map<String, Operand> operands = new HashMap<>();
    private final IdentityHashMap<TensorProto, Value> parameters = new IdentityHashMap<>();
    private final IdentityHashMap<TensorProto, Boolean> variances = new IdentityHashMap<>();
    private final Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();
    private final long opset;
    private NodeProto node = new NodeProto("", "", "", List.of(), List.of(), List.of());
    private int folded;
    private long derivedBytes;

    /** {@code fileBytes} bounds what is made besides: transposed weights are about as large as those in the file. */
    Scope(String graphName, long opset, Arena arena, long fileBytes) {
        builder = GraphBuilder.of(graphName, Phase.INFERENCE);
        this.opset = opset;
        this.arena = arena;
        mostDerivedBytes = 2 * fileBytes;
    }

    void enter(NodeProto next) {
        node = next;
    }

    NodeProto node() {
        return node;
    }

    /** Version of ONNX's own operations. */
    long opset() {
        return opset;
    }

    void define(String name, Operand operand) {
        if (operand instanceof Operand.Ints i) {
            folded += i.tensor().values().length;
        }
        operands.put(name, operand);
    }

    /** True if so much has been folded that nothing more should be. */
    boolean isExhausted() {
        return folded > MAX_FOLDED;
    }

    /** The graph's input: {@code name} in the file, {@code input} here. */
    void input(String name, TensorType type) {
        define(name, new Operand.Computed(builder.input(fresh("input"), type)));
    }

    boolean has(int i) {
        return node.inputs().size() > i && !node.inputs().get(i).isEmpty();
    }

    Operand operand(int i) throws WeightsException {
        if (!has(i)) {
            throw new WeightsException(
                    "needs an operand " + i + ", found " + node.inputs().size());
        }
        return operand(node.inputs().get(i));
    }

    private Operand operand(String name) {
        return Objects.requireNonNull(operands.get(name), name); // Structure has seen that it is made before
    }

    /** True if the node uses what could not be imported. */
    boolean usesUnknown() {
        return node.inputs().stream().anyMatch(n -> !n.isEmpty() && operand(n) instanceof Operand.Unknown);
    }

    /** Operand {@code i} as a value of the graph. */
    Value value(int i) throws WeightsException {
        operand(i);
        return value(node.inputs().get(i));
    }

    /** What a name stands for as a value of the graph; what waited for a second node to follow gets a node of its own. */
    Value value(String name) throws WeightsException {
        return switch (operand(name)) {
            case Operand.Computed c -> c.value();
            case Operand.Strided s when s.sh() == s.sw() -> make(name, new Op.PadShortcut(s.sh(), 0, 0), s.src());
            case Operand.Strided s ->
                throw new WeightsException(
                        "a slice must take every n-th row and column alike, found " + s.sh() + " and " + s.sw());
            case Operand.Product p -> make(name, new Op.Linear(false), p.src(), p.weights());
            case Operand.Pixel p -> make(name, new Op.AvgPool(whole(p.src()), false), p.src());
            case Operand.Gated g when g.isOfChannels() -> make(name, new Op.ChannelGate(), g.src(), g.by().gate());
            case Operand.Sigmoid _, Operand.Gated _ ->
                throw new WeightsException(
                        "Sigmoid is known as the gate of a highway, g * x + (1 - g) * y, or of channels");
            case Operand.Floats _, Operand.Ints _ ->
                throw new WeightsException("needs a result of the network, found the constant " + name);
            case Operand.Unknown _ -> throw new WeightsException("needs what cannot be imported: " + name);
        };
    }

    /** A window as large as the picture. */
    private static Window whole(Value picture) {
        Shape shape = picture.type().shape();
        return new Window(shape.intDim(2), shape.intDim(3), 1, 1, 0, 0);
    }

    private Value make(String name, Op op, Value... values) {
        Value made = builder.add(fresh(name), op, values).getFirst();
        define(name, new Operand.Computed(made));
        return made;
    }

    /** The result of the node: one operation on these values. */
    Operand result(Op op, Value... values) {
        return new Operand.Computed(
                builder.add(fresh(node.outputs().getFirst()), op, values).getFirst());
    }

    /** Operand {@code i}, which must be floats of the file. */
    TensorProto floats(int i) throws WeightsException {
        return switch (operand(i)) {
            case Operand.Floats f -> f.tensor();
            default -> throw new WeightsException("operand " + i + " must be a constant of floats");
        };
    }

    /** Operand {@code i}, which must be whole numbers that are known. */
    IntTensor ints(int i) throws WeightsException {
        return switch (operand(i)) {
            case Operand.Ints t -> t.tensor();
            default -> throw new WeightsException("operand " + i + " must be constant whole numbers");
        };
    }

    /** Operand {@code i} as weights of the graph. */
    Value weight(int i) throws WeightsException {
        return parameter(floats(i), true);
    }

    /** Operand {@code i} as a buffer of the graph. */
    Value buffer(int i) throws WeightsException {
        return parameter(floats(i), false);
    }

    Value parameter(TensorProto t, boolean trainable) {
        Value known = parameters.get(t);
        if (known != null) {
            return known;
        }
        Shape shape = Shape.of(t.dims());
        String name = fresh(t.name());
        Init init = new Init.Constant(0); // the file has the numbers
        Value made = trainable ? builder.weight(name, init, t.dims()) : builder.buffer(name, init, t.dims());
        tensors.put(name, new NamedTensor(name, new TensorType(t.dtype(), shape), t.data()));
        parameters.put(t, made);
        return made;
    }

    /** Must be asked before tensors are made that are in the file in another form only. */
    void reserve(long elements) throws WeightsException {
        long bytes = Math.addExact(derivedBytes, Math.multiplyExact(elements, (long) Float.BYTES));
        if (bytes > mostDerivedBytes) {
            throw new WeightsException("weights that are transposed or scaled may take " + mostDerivedBytes
                    + " bytes, twice the file, found more");
        }
        derivedBytes = bytes;
    }

    /** A tensor of these numbers. */
    TensorProto derived(String name, long[] dims, float[] values) {
        NamedTensor made = NamedTensor.of(name, TensorType.f32(dims), values, arena);
        return new TensorProto(name, made.type().dtype(), dims, made.data());
    }

    /** The numbers of a tensor of the file. */
    static float[] numbers(TensorProto t) throws WeightsException {
        return new NamedTensor(t.name(), new TensorType(t.dtype(), Shape.of(t.dims())), t.data()).toFloats();
    }

    /** The one number of a tensor; NaN if it has none or more. */
    static float scalar(TensorProto t) throws WeightsException {
        return t.data().byteSize() == t.dtype().bytes() ? numbers(t)[0] : Float.NaN;
    }

    /** Throws unless every number of a variance is one; each tensor is looked through once. */
    void requireVariance(TensorProto t) throws WeightsException {
        if (variances.putIfAbsent(t, true) != null) {
            return;
        }
        float[] variance = numbers(t);
        for (int i = 0; i < variance.length; i++) {
            if (!(variance[i] >= 0 && variance[i] < Float.POSITIVE_INFINITY)) {
                throw new WeightsException(
                        "variance must be at least 0 and finite, found " + variance[i] + " in channel " + i);
            }
        }
    }

    /** {@code wanted}, or something like it that no value has yet. */
    private String fresh(String wanted) {
        String name = wanted;
        for (int i = 1; !names.add(name); i++) {
            name = wanted + "/" + i;
        }
        return name;
    }

    /** The graph of all nodes so far, and the tensors that it uses. */
    Graph build(Value... outputs) {
        return builder.build(outputs);
    }

    List<NamedTensor> tensors() {
        return List.copyOf(tensors.values());
    }
}
