package org.resnet4j.trainer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.checkpoint.Checkpoint;
import org.resnet4j.checkpoint.CheckpointException;
import org.resnet4j.engine.Parameters;
import org.resnet4j.graph.Graph;
import org.resnet4j.optim.Sgd;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;

/** Between a session's blocks and the tensors of files. Stateless. */
final class Weights {
    private static final String MEAN = ".running_mean";

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
                        norm + ".num_batches_tracked",
                        TensorType.of(DType.S64),
                        arena.allocateFrom(ValueLayout.JAVA_LONG, steps)));
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

    /** Sets everything from a checkpoint. */
    static void restore(Checkpoint from, Parameters parameters, Sgd sgd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            for (Parameters.Slot slot : parameters.slots()) {
                parameters.set(slot.name(), find(from.model(), slot, arena));
                if (slot.trainable()) {
                    sgd.setMomentum(slot.name(), find(from.optimizer(), slot, arena));
                }
            }
        }
    }

    private static MemorySegment find(Safetensors file, Parameters.Slot slot, Arena arena) throws IOException {
        NamedTensor tensor = file.get(slot.name());
        if (!tensor.type().equals(slot.type())) {
            throw new CheckpointException(
                    slot.name() + ": the network has " + slot.type() + ", the checkpoint " + tensor.type());
        }
        // Backends may want the alignment that a file does not give.
        return arena.allocate(tensor.data().byteSize(), Parameters.ALIGNMENT).copyFrom(tensor.data());
    }
}
