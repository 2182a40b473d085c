package org.resnet4j.onnx;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Value;
import org.resnet4j.onnx.Onnx.GraphProto;
import org.resnet4j.onnx.Onnx.ModelProto;
import org.resnet4j.onnx.Onnx.NodeProto;
import org.resnet4j.onnx.Onnx.OperatorSetId;
import org.resnet4j.onnx.Onnx.TensorProto;
import org.resnet4j.onnx.Onnx.ValueInfoProto;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;

/** A whole model as a graph: every node in turn, and all that is wrong with any of them in one message. */
final class Importer {
    private static final int OLDEST_OPSET = 7;
    private static final int NEWEST_OPSET = 28;

    /** Largest height, width or channel count of an input; far above any picture. */
    private static final long MAX_SIZE = 1 << 16;

    /** Most nodes named in a message. */
    private static final int MAX_NAMED = 1000;

    /** What comes out of a model. */
    record Result(Graph graph, List<NamedTensor> tensors) {}

    private final String where;
    private final GraphProto graph;
    private final Scope scope;

    /** What is wrong, with the nodes that it is wrong with. */
    private final Map<String, List<String>> problems = new LinkedHashMap<>();

    private Importer(ModelProto model, Arena arena, long fileBytes, String where) {
        this.where = where;
        graph = model.graph();
        long opset = opset(model.opsets());
        if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
            problem(
                    "versions " + OLDEST_OPSET + " to " + NEWEST_OPSET + " of ONNX's operations are known, found "
                            + (opset == 0 ? "none" : "" + opset),
                    "opset_import");
        }
        scope = new Scope(graph.name().isEmpty() ? "onnx" : graph.name(), opset, arena, fileBytes);
    }

    private static long opset(List<OperatorSetId> opsets) {
        return opsets.stream()
                .filter(o -> NodeImport.isStandard(o.domain()))
                .mapToLong(OperatorSetId::version)
                .findFirst()
                .orElse(0);
    }

    /** Reads a model; see {@link OnnxModel#read}. */
    static Result read(ModelProto model, Arena arena, long fileBytes, String where) throws WeightsException {
        Structure.check(model.graph(), where);
        return new Importer(model, arena, fileBytes, where).run();
    }

    private Result run() throws WeightsException {
        for (TensorProto t : graph.initializers()) {
            define(t);
        }
        long fixedBatch = input();
        for (NodeProto node : graph.nodes()) {
            node(node, fixedBatch);
        }
        List<Value> outputs = new ArrayList<>();
        for (ValueInfoProto output : graph.outputs()) {
            if (problems.isEmpty()) {
                outputs.add(output(output.name()));
            }
        }
        if (graph.outputs().isEmpty()) {
            problem("a graph gives something out, found no output", graph.name());
        }
        refuseProblems();
        return new Result(scope.build(outputs.toArray(new Value[0])), scope.tensors());
    }

    private void define(TensorProto t) {
        try {
            scope.define(t.name(), ShapeImport.of(t));
        } catch (WeightsException e) {
            problem("initializer: " + e.getMessage(), t.name());
            scope.define(t.name(), new Operand.Unknown());
        }
    }

    /** Defines the network's input; its batch size if the file fixes it, else 0. */
    private long input() throws WeightsException {
        Set<String> initializers =
                graph.initializers().stream().map(TensorProto::name).collect(Collectors.toCollection(HashSet::new));
        List<ValueInfoProto> inputs = graph.inputs().stream()
                .filter(i -> !initializers.contains(i.name()))
                .toList();
        if (inputs.size() != 1) {
            throw new WeightsException(where + ": a network has one input, found "
                    + inputs.stream().map(ValueInfoProto::name).limit(20).toList());
        }
        ValueInfoProto input = inputs.getFirst();
        long[] d = input.dims();
        boolean sized = d.length == 4;
        for (int i = 1; sized && i < 4; i++) {
            sized = d[i] >= 1 && d[i] <= MAX_SIZE;
        }
        if (input.elementType() != Onnx.FLOAT || !sized) {
            throw new WeightsException(where + ": the input " + input.name()
                    + " must be FLOAT [N, C, H, W] with sizes of 1 to " + MAX_SIZE + ", found data type "
                    + input.elementType() + ", " + Arrays.toString(d)
                    + " (0: not fixed); export with a fixed height and width");
        }
        scope.input(input.name(), TensorType.f32(Shape.BATCH, d[1], d[2], d[3]));
        return Math.max(0, d[0]);
    }

    private void node(NodeProto node, long fixedBatch) throws WeightsException {
        scope.enter(node);
        if (scope.isExhausted()) {
            throw new WeightsException(where + ", " + node.opType() + " " + node.called()
                    + ": far more whole numbers are folded than any network needs");
        }
        for (String output : node.outputs()) {
            if (!output.isEmpty()) {
                scope.define(output, new Operand.Unknown());
            }
        }
        if (scope.usesUnknown()) {
            return;
        }
        try {
            scope.define(node.outputs().isEmpty() ? "" : node.outputs().getFirst(), NodeImport.read(scope, fixedBatch));
        } catch (WeightsException | IllegalArgumentException | ArithmeticException e) {
            String domain = NodeImport.isStandard(node.domain()) ? "" : node.domain() + ".";
            problem(domain + node.opType() + ": " + e.getMessage(), node.called());
        }
    }

    private Value output(String name) throws WeightsException {
        try {
            return scope.value(name);
        } catch (WeightsException | IllegalArgumentException e) {
            throw new WeightsException(where + ", output " + name + ": " + e.getMessage(), e);
        }
    }

    private void problem(String reason, String node) {
        problems.computeIfAbsent(reason, r -> new ArrayList<>()).add(node);
    }

    private void refuseProblems() throws WeightsException {
        if (problems.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder(where + ": cannot be imported:");
        int named = 0;
        for (Map.Entry<String, List<String>> e : problems.entrySet()) {
            List<String> nodes = e.getValue().subList(0, Math.min(e.getValue().size(), MAX_NAMED - named));
            named += nodes.size();
            if (nodes.isEmpty()) {
                break;
            }
            text.append("\n  ")
                    .append(e.getKey())
                    .append(" (")
                    .append(String.join(", ", nodes))
                    .append(')');
        }
        int all = problems.values().stream().mapToInt(List::size).sum();
        throw new WeightsException(text + (named < all ? "\n  and " + (all - named) + " more" : ""));
    }
}
