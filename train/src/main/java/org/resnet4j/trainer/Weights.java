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
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.Fit;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;

/** Between a session's blocks and the tensors of files. Stateless. */
final class Weights {
    private static final String MEAN = ".running_mean";
    private static final String COUNTER = ".num_batches_tracked";

    private Weights() {}

    /**
     * Parameters and buffers as torchvision has them, in {@code arena}'s memory. Each batch norm whose running statistics move
     * has a counter besides: {@code num_batches_tracked}.
     *
     * @param block the session's values, or an average that is laid out like them
     * @param batches that training has seen
     */
    static List<NamedTensor> model(Graph graph, Parameters parameters, MemorySegment block, long batches, Arena arena) {
        List<NamedTensor> tensors = new ArrayList<>();
        for (Parameters.Slot slot : parameters.slots()) {
            tensors.add(new NamedTensor(slot.name(), slot.type(), parameters.plainOf(slot.name(), block, arena)));
        }
        for (Graph.Binding update : graph.updates()) {
            String name = update.parameter().name();
            if (name.endsWith(MEAN)) {
                String norm = name.substring(0, name.length() - MEAN.length());
                tensors.add(new NamedTensor(
                        norm + COUNTER, TensorType.of(DType.S64), arena.allocateFrom(ValueLayout.JAVA_LONG, batches)));
            }
        }
        return tensors;
    }

    /** What is remembered besides the model, {@code <state>.<parameter>}, in {@code arena}'s memory. */
    static List<NamedTensor> states(Stepper stepper, Arena arena) {
        List<NamedTensor> tensors = new ArrayList<>();
        stepper.states().forEach((state, block) -> {
            for (Parameters.Slot slot : within(stepper.parameters(), block)) {
                MemorySegment plain = stepper.parameters().plainOf(slot.name(), block, arena);
                tensors.add(new NamedTensor(state + "." + slot.name(), slot.type(), plain));
            }
        });
        return tensors;
    }

    /** The slots that a block has: all, or the trainable ones, which come first. */
    private static List<Parameters.Slot> within(Parameters parameters, MemorySegment block) {
        return parameters.slots().stream()
                .filter(s -> s.offset() + s.bytes() <= block.byteSize())
                .toList();
    }

    /** Sets everything from a checkpoint; throws if its tensors are not those of the network and the optimiser. */
    static void restore(Checkpoint from, Stepper stepper) throws IOException {
        Parameters parameters = stepper.parameters();
        Map<String, Shape> model = new LinkedHashMap<>();
        Map<String, Shape> states = new LinkedHashMap<>();
        for (Parameters.Slot slot : parameters.slots()) {
            model.put(slot.name(), slot.type().shape());
        }
        stepper.states()
                .forEach((state, block) -> within(parameters, block)
                        .forEach(
                                s -> states.put(state + "." + s.name(), s.type().shape())));
        String where = "checkpoint " + from.step();
        Fit.require(where, model, from.model().tensors(), name -> name.endsWith(COUNTER));
        Fit.require(where + ", optimizer", states, from.optimizer().tensors(), _ -> false);
        try (Arena arena = Arena.ofConfined()) {
            for (Parameters.Slot slot : parameters.slots()) {
                parameters.set(slot.name(), copy(from.model(), slot.name(), slot, arena));
            }
            for (Map.Entry<String, MemorySegment> state : stepper.states().entrySet()) {
                for (Parameters.Slot slot : within(parameters, state.getValue())) {
                    MemorySegment plain = copy(from.optimizer(), state.getKey() + "." + slot.name(), slot, arena);
                    parameters.setIn(slot.name(), state.getValue(), plain);
                }
            }
        }
    }

    private static MemorySegment copy(StateDict file, String name, Parameters.Slot slot, Arena arena)
            throws IOException {
        NamedTensor tensor = file.get(name);
        if (tensor.type().dtype() != slot.type().dtype()) {
            throw new CheckpointException(
                    name + ": the network has " + slot.type() + ", the checkpoint " + tensor.type());
        }
        // Backends may want the alignment that a file does not give.
        return arena.allocate(tensor.data().byteSize(), Parameters.ALIGNMENT).copyFrom(tensor.data());
    }
}
