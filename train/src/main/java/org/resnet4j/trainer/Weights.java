package org.resnet4j.trainer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.checkpoint.Checkpoint;
import org.resnet4j.checkpoint.CheckpointException;
import org.resnet4j.engine.Parameters;
import org.resnet4j.graph.Graph;
import org.resnet4j.optim.Sgd;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.Fit;
import org.resnet4j.weights.NamedTensor;

/** Between a session's blocks and the tensors of files. Stateless. */
final class Weights {
    private static final String MEAN = ".running_mean";
    private static final String COUNTER = ".num_batches_tracked";

    private Weights() {}

    /**
     * Parameters and buffers as torchvision has them, in {@code arena}'s memory. Each batch norm whose running statistics move
     * has a counter besides: {@code num_batches_tracked}, which is the number of updates.
     */
    static List<NamedTensor> model(Graph graph, Parameters parameters, long steps, Arena arena) {
        List<NamedTensor> tensors = new ArrayList<>();
        for (Parameters.Slot slot : parameters.slots()) {
            tensors.add(new NamedTensor(slot.name(), slot.type(), parameters.plain(slot.name(), arena)));
        }
        for (Graph.Binding update : graph.updates()) {
            String name = update.parameter().name();
            if (name.endsWith(MEAN)) {
                String norm = name.substring(0, name.length() - MEAN.length());
                tensors.add(new NamedTensor(
                        norm + COUNTER, TensorType.of(DType.S64), arena.allocateFrom(ValueLayout.JAVA_LONG, steps)));
            }
        }
        return tensors;
    }

    /** The optimiser's momentum by parameter, in {@code arena}'s memory. */
    static List<NamedTensor> momentum(Parameters parameters, Sgd sgd, Arena arena) {
        return sgd.names().stream()
                .map(n -> new NamedTensor(n, parameters.slot(n).type(), sgd.plainMomentum(n, arena)))
                .toList();
    }

    /** Sets everything from a checkpoint; throws if its tensors are not those of the network. */
    static void restore(Checkpoint from, Parameters parameters, Sgd sgd) throws IOException {
        Map<String, Shape> model = new LinkedHashMap<>();
        Map<String, Shape> momentum = new LinkedHashMap<>();
        for (Parameters.Slot slot : parameters.slots()) {
            model.put(slot.name(), slot.type().shape());
            if (slot.trainable()) {
                momentum.put(slot.name(), slot.type().shape());
            }
        }
        String where = "checkpoint " + from.step();
        Fit.require(where, model, from.model().tensors(), name -> name.endsWith(COUNTER));
        Fit.require(where + ", momentum", momentum, from.optimizer().tensors(), _ -> false);
        try (Arena arena = Arena.ofConfined()) {
            for (Parameters.Slot slot : parameters.slots()) {
                parameters.set(slot.name(), copy(from.model(), slot, arena));
                if (slot.trainable()) {
                    sgd.setMomentum(slot.name(), copy(from.optimizer(), slot, arena));
                }
            }
        }
    }

    private static MemorySegment copy(Safetensors file, Parameters.Slot slot, Arena arena) throws IOException {
        NamedTensor tensor = file.get(slot.name());
        if (tensor.type().dtype() != slot.type().dtype()) {
            throw new CheckpointException(
                    slot.name() + ": the network has " + slot.type() + ", the checkpoint " + tensor.type());
        }
        // Backends may want the alignment that a file does not give.
        return arena.allocate(tensor.data().byteSize(), Parameters.ALIGNMENT).copyFrom(tensor.data());
    }
}
