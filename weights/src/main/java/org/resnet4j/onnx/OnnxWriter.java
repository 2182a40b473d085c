package org.resnet4j.onnx;

import java.util.Map;
import java.util.TreeMap;
import org.resnet4j.onnx.Onnx.Attribute;
import org.resnet4j.onnx.Onnx.GraphProto;
import org.resnet4j.onnx.Onnx.ModelProto;
import org.resnet4j.onnx.Onnx.NodeProto;
import org.resnet4j.onnx.Onnx.TensorProto;
import org.resnet4j.onnx.Onnx.ValueInfoProto;

/** Records as protobuf: fields in the order of their numbers, so the same model is the same bytes. Stateless. */
final class OnnxWriter {
    private OnnxWriter() {}

    static WireWriter write(ModelProto model) {
        WireWriter out = new WireWriter();
        out.varint(1, model.irVersion());
        out.textIfAny(2, model.producer());
        out.message(7, graph(model.graph()));
        for (Onnx.OperatorSetId opset : model.opsets()) {
            WireWriter w = new WireWriter();
            w.text(1, opset.domain()); // empty for ONNX's own, and there all the same, as other writers do
            w.varint(2, opset.version());
            out.message(8, w);
        }
        for (Map.Entry<String, String> e : new TreeMap<>(model.metadata()).entrySet()) {
            WireWriter w = new WireWriter();
            w.text(1, e.getKey());
            w.text(2, e.getValue());
            out.message(14, w);
        }
        return out;
    }

    static WireWriter graph(GraphProto graph) {
        WireWriter out = new WireWriter();
        graph.nodes().forEach(n -> out.message(1, node(n)));
        out.text(2, graph.name());
        graph.initializers().forEach(t -> out.message(5, tensor(t)));
        graph.inputs().forEach(v -> out.message(11, valueInfo(v)));
        graph.outputs().forEach(v -> out.message(12, valueInfo(v)));
        return out;
    }

    private static WireWriter node(NodeProto node) {
        WireWriter out = new WireWriter();
        node.inputs().forEach(v -> out.text(1, v));
        node.outputs().forEach(v -> out.text(2, v));
        out.textIfAny(3, node.name());
        out.text(4, node.opType());
        node.attributes().forEach(a -> out.message(5, attribute(a.name(), a.value())));
        out.textIfAny(7, node.domain());
        return out;
    }

    private static WireWriter attribute(String name, Attribute value) {
        WireWriter out = new WireWriter();
        out.text(1, name);
        switch (value) {
            case Attribute.Real f -> {
                out.fixed32(2, Float.floatToRawIntBits(f.value()));
                out.varint(20, 1);
            }
            case Attribute.Int i -> {
                out.varint(3, i.value());
                out.varint(20, 2);
            }
            case Attribute.Text s -> {
                out.text(4, s.value());
                out.varint(20, 3);
            }
            case Attribute.Tensor t -> {
                out.message(5, tensor(t.value()));
                out.varint(20, 4);
            }
            case Attribute.Reals f -> {
                for (float v : f.values()) {
                    out.fixed32(7, Float.floatToRawIntBits(v));
                }
                out.varint(20, 6);
            }
            case Attribute.Ints i -> {
                for (long v : i.values()) {
                    out.varint(8, v);
                }
                out.varint(20, 7);
            }
            case Attribute.Other o ->
                throw new IllegalArgumentException("attribute " + name + " of kind " + o.kind() + " is not written");
        }
        return out;
    }

    private static WireWriter tensor(TensorProto tensor) {
        WireWriter out = new WireWriter();
        for (long d : tensor.dims()) {
            out.varint(1, d);
        }
        out.varint(2, Onnx.dataType(tensor.dtype()));
        out.textIfAny(8, tensor.name());
        out.bytes(9, tensor.data());
        return out;
    }

    private static WireWriter valueInfo(ValueInfoProto value) {
        WireWriter shape = new WireWriter();
        for (long d : value.dims()) {
            WireWriter dim = new WireWriter();
            if (d < 1) {
                dim.text(2, "N");
            } else {
                dim.varint(1, d);
            }
            shape.message(1, dim);
        }
        WireWriter tensor = new WireWriter();
        tensor.varint(1, value.elementType());
        tensor.message(2, shape);
        WireWriter type = new WireWriter();
        type.message(1, tensor);
        WireWriter out = new WireWriter();
        out.text(1, value.name());
        out.message(2, type);
        return out;
    }
}
