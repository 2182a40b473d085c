package org.resnet4j.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;
import org.resnet4j.onnx.Onnx.TensorProto;
import org.resnet4j.tensor.DType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;

/** The initializers of a file: parameters of the graph as f32, and what is computed from them; those only that a node uses. */
final class ExportedTensors {
    private final Arena arena;
    private final Map<Value, TensorProto> byValue = new HashMap<>();
    private final Map<String, TensorProto> used = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();

    private ExportedTensors(Arena arena) {
        this.arena = arena;
    }

    /** The parameters of a graph, from among {@code tensors}. */
    static ExportedTensors of(Graph graph, List<NamedTensor> tensors, Arena arena) throws WeightsException {
        ExportedTensors made = new ExportedTensors(arena);
        graph.inputs().forEach(v -> made.names.add(v.name()));
        for (Node n : graph.nodes()) {
            n.outputs().forEach(v -> made.names.add(v.name()));
            // What is only folded is not written, and leaves its name to the result.
            if (!(n.op() instanceof Op.FoldBatchNorm)) {
                n.inputs().forEach(v -> made.names.add(v.name()));
            }
        }
        Map<String, NamedTensor> byName = new HashMap<>();
        tensors.forEach(t -> byName.put(t.name(), t));
        List<String> wrong = new ArrayList<>();
        for (Parameter p : graph.parameters()) {
            NamedTensor t = byName.get(p.name());
            if (t == null) {
                wrong.add(p.name() + " is missing");
            } else if (!t.type().shape().equals(p.value().type().shape())) {
                wrong.add(p.name() + " must be " + p.value().type().shape() + ", found "
                        + t.type().shape());
            } else {
                made.byValue.put(p.value(), made.asF32(t));
            }
        }
        if (!wrong.isEmpty()) {
            throw new WeightsException(
                    graph.name() + ": the tensors do not fit the network: " + String.join("; ", wrong));
        }
        return made;
    }

    private TensorProto asF32(NamedTensor t) throws WeightsException {
        MemorySegment data =
                t.type().dtype() == DType.F32 ? t.data() : arena.allocateFrom(ValueLayout.JAVA_FLOAT, t.toFloats());
        return new TensorProto(t.name(), DType.F32, t.type().shape().dims(), data);
    }

    /** The name under which a node finds {@code v}: of an initializer, which is then written, or of another node's result. */
    String name(Value v) {
        TensorProto t = byValue.get(v);
        if (t != null) {
            used.putIfAbsent(t.name(), t);
            return t.name();
        }
        return v.name();
    }

    /** The numbers of a parameter. */
    float[] numbers(Value v) throws WeightsException {
        return Scope.numbers(Objects.requireNonNull(byValue.get(v), v.name()));
    }

    /** Makes {@code v} an initializer, called {@code wanted} unless another tensor is. */
    void define(Value v, String wanted, float[] numbers) {
        String name = names.add(wanted) ? wanted : v.name();
        MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_FLOAT, numbers);
        byValue.put(v, new TensorProto(name, DType.F32, v.type().shape().dims(), data));
    }

    /** A vector of whole numbers as an initializer; its name. */
    String integers(String wanted, long... values) {
        String name = fresh(wanted);
        MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_LONG, values);
        used.put(name, new TensorProto(name, DType.S64, new long[] {values.length}, data));
        return name;
    }

    /** The number one as an initializer; its name. */
    String one() {
        String name = "one/";
        if (!used.containsKey(name)) {
            names.add(name);
            used.put(
                    name,
                    new TensorProto(name, DType.F32, new long[0], arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1f)));
        }
        return name;
    }

    /** {@code wanted}, or something like it that nothing has yet; it is taken now. */
    String fresh(String wanted) {
        String name = wanted;
        for (int i = 1; !names.add(name); i++) {
            name = wanted + "/" + i;
        }
        return name;
    }

    /** Initializers in the order of their first use. */
    List<TensorProto> used() {
        return List.copyOf(used.values());
    }
}
