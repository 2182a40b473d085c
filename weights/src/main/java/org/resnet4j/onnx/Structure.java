package org.resnet4j.onnx;

import java.util.HashSet;
import java.util.Set;
import org.resnet4j.onnx.Onnx.GraphProto;
import org.resnet4j.onnx.Onnx.NodeProto;
import org.resnet4j.onnx.Onnx.TensorProto;
import org.resnet4j.onnx.Onnx.ValueInfoProto;
import org.resnet4j.weights.WeightsException;

/** What must hold of the names of a graph before its nodes are looked at: each made once, and before it is used. */
final class Structure {
    private final String where;
    private final GraphProto graph;
    private final Set<String> made = new HashSet<>();

    private Structure(GraphProto graph, String where) {
        this.graph = graph;
        this.where = where;
    }

    /** Throws if a tensor is made twice, or used before it is made or without being made at all. */
    static void check(GraphProto graph, String where) throws WeightsException {
        new Structure(graph, where).check();
    }

    private void check() throws WeightsException {
        for (TensorProto t : graph.initializers()) {
            make(t.name(), "initializers");
        }
        for (ValueInfoProto input : graph.inputs()) {
            made.add(input.name()); // old files list their initializers among the inputs too
        }
        for (NodeProto node : graph.nodes()) {
            String called = node.opType() + " " + node.called();
            for (String name : node.inputs()) {
                if (!name.isEmpty()) {
                    use(name, called);
                }
            }
            for (String name : node.outputs()) {
                if (!name.isEmpty()) {
                    make(name, called);
                }
            }
        }
        for (ValueInfoProto output : graph.outputs()) {
            use(output.name(), "outputs");
        }
    }

    private void make(String name, String by) throws WeightsException {
        if (!made.add(name)) {
            throw new WeightsException(where + ", " + by + ": each tensor must be made once, found " + name + " again");
        }
    }

    private void use(String name, String by) throws WeightsException {
        if (!made.contains(name)) {
            boolean later = graph.nodes().stream().anyMatch(n -> n.outputs().contains(name));
            throw new WeightsException(
                    where + ", " + by + ": nodes must stand after those whose results they use, found " + name
                            + (later ? ", which is made later or by a cycle" : ", which nothing makes"));
        }
    }
}
