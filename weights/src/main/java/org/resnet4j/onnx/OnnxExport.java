package org.resnet4j.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.graph.Graph;
import org.resnet4j.onnx.Onnx.GraphProto;
import org.resnet4j.onnx.Onnx.ModelProto;
import org.resnet4j.onnx.Onnx.OperatorSetId;
import org.resnet4j.onnx.Onnx.ValueInfoProto;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;

/**
 * Writes a network and its tensors as one ONNX file of version 8 with version 17 of the operations, which every ONNX Runtime since 1.12
 * opens.
 *
 * <p>Inputs, outputs, results and parameters keep the graph's names; the batch size {@code N} is open. Batch norm stays a node; to
 * have it folded, export {@code Passes.run(graph, Passes.forInference())}. Stateless.
 */
public final class OnnxExport {
    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;
    private static final String PRODUCER = "resnet4j";

    private OnnxExport() {}

    /**
     * Writes a file: the same graph, tensors and metadata, the same bytes. A crash leaves the old file or the new one.
     *
     * @param graph for inference, with batch norm kept or folded; f32, and of any batch size
     * @param tensors one for each parameter of the graph, of any floating type; others are left out
     * @param metadata strings by name that the file says of itself
     * @throws WeightsException that lists every parameter that is missing or of another shape, or if the file would pass 2 GiB
     * @throws IllegalArgumentException if the graph has a node that only training has
     */
    public static void write(Path file, Graph graph, List<NamedTensor> tensors, Map<String, String> metadata)
            throws IOException {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IOException(
                    "ONNX files are little-endian; this machine is not, and writing here is not supported");
        }
        try (Arena arena = Arena.ofConfined()) {
            WireWriter out = OnnxWriter.write(model(graph, ExportedTensors.of(graph, tensors, arena), metadata));
            if (out.size() > Integer.MAX_VALUE) {
                throw new WeightsException(file + ": an ONNX file has at most " + Integer.MAX_VALUE + " bytes, "
                        + graph.name() + " needs " + out.size());
            }
            AtomicFile.write(file, out::writeTo);
        }
    }

    private static ModelProto model(Graph graph, ExportedTensors tensors, Map<String, String> metadata)
            throws WeightsException {
        NodeExport nodes = new NodeExport(tensors);
        for (var node : graph.nodes()) {
            nodes.add(node);
        }
        List<ValueInfoProto> inputs = new ArrayList<>();
        graph.inputs().forEach(v -> inputs.add(describe(v.name(), v.type())));
        List<ValueInfoProto> outputs = new ArrayList<>();
        graph.outputs().forEach(v -> outputs.add(describe(v.name(), v.type())));
        return new ModelProto(
                IR_VERSION,
                PRODUCER,
                List.of(new OperatorSetId("", OPSET)),
                new GraphProto(graph.name(), nodes.nodes(), tensors.used(), inputs, outputs),
                metadata);
    }

    private static ValueInfoProto describe(String name, TensorType type) {
        if (type.dtype() != DType.F32) {
            throw new IllegalArgumentException(
                    "a graph of f32 is exported, found " + name + " of type " + type + "; is it one for training?");
        }
        return new ValueInfoProto(name, Onnx.FLOAT, type.shape().dims());
    }
}
