package org.resnet4j.infer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.pass.Precision;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.Modules;
import org.resnet4j.zoo.Networks;

/**
 * A network as a function of tensors, for whoever compares with another program: normalised pictures f32 [N, 3, H, W] of any size
 * that the network allows in, {@value #LOGITS} and the outputs of chosen modules out, see {@link Modules}. What is asked for is
 * never fused away: passes leave alone what a graph gives out, and fold batch norm everywhere else. All is done in F32, also in a
 * quantised model. Stateless; each call has a session of its own, so any thread may call.
 */
public final class Forward {
    /** Name of the tensor that is given. */
    public static final String INPUT = "input";

    /** Name of the tensor that the network gives. */
    public static final String LOGITS = "logits";

    /** Pixels of a batch that are run at once; more pictures are run in turns. */
    private static final long BATCH_PIXELS = 16L * 224 * 224;

    private Forward() {}

    /**
     * Runs all pictures.
     *
     * @param model stays open, and the caller's
     * @param input f32 [N, 3, H, W], normalised
     * @param features names of modules whose outputs are wanted too
     * @param to owns the results
     * @return {@value #LOGITS} f32 [N, classes], then a tensor a feature under its name, N first
     * @throws WeightsException if the input is of another type or shape
     * @throws IllegalArgumentException if a module is unknown or the network cannot take pictures of this size
     */
    public static List<NamedTensor> run(
            Pretrained model, NamedTensor input, List<String> features, Backend backend, Arena to)
            throws WeightsException {
        Shape shape = input.type().shape();
        if (input.type().dtype() != DType.F32 || shape.rank() != 4 || shape.dim(1) != 3 || shape.dim(0) < 1) {
            throw new WeightsException(
                    input.name() + ": f32 [N, 3, H, W], normalised, is needed, found " + input.type());
        }
        Graph network = Networks.graph(model.spec(), Phase.INFERENCE, shape.intDim(2), shape.intDim(3));
        Map<String, Modules.Output> wanted = new LinkedHashMap<>();
        Value logits = network.outputs().getFirst();
        wanted.put(LOGITS, new Modules.Output(LOGITS, logits, logits.type().shape()));
        Modules modules = Modules.of(model.spec(), network);
        features.forEach(f -> wanted.put(f, modules.output(f)));
        long pixels = Math.multiplyExact(shape.dim(2), shape.dim(3));
        int batch = (int) Math.clamp(BATCH_PIXELS / pixels, 1, shape.dim(0));
        List<Value> outputs =
                wanted.values().stream().map(Modules.Output::value).distinct().toList();
        Graph graph = model.graph(network.withOutputs(outputs), Precision.FP32).withBatch(batch);
        List<NamedTensor> results = new ArrayList<>();
        for (Modules.Output o : wanted.values()) {
            TensorType type = new TensorType(DType.F32, o.shape().withBatch(shape.dim(0)));
            results.add(new NamedTensor(o.name(), type, to.allocate(type.bytes(), Float.BYTES)));
        }
        try (Session session = model.session(graph, backend)) {
            for (long first = 0; first < shape.dim(0); first += batch) {
                turn(session, new Turn(input, first, Math.min(batch, shape.dim(0) - first)), wanted, results);
            }
        }
        return results;
    }

    /** Some of the pictures. */
    private record Turn(NamedTensor all, long first, long count) {
        /** Their part of a tensor whose first dimension is that of the pictures. */
        MemorySegment of(NamedTensor tensor) {
            long each = tensor.data().byteSize() / all.type().shape().dim(0);
            return tensor.data().asSlice(first * each, count * each);
        }
    }

    private static void turn(
            Session session, Turn turn, Map<String, Modules.Output> wanted, List<NamedTensor> results) {
        MemorySegment pictures = turn.of(turn.all());
        MemorySegment.copy(pictures, 0, session.input(INPUT).segment(), 0, pictures.byteSize());
        session.run();
        for (NamedTensor result : results) {
            String value =
                    Objects.requireNonNull(wanted.get(result.name())).value().name();
            MemorySegment part = turn.of(result);
            MemorySegment.copy(session.output(value).segment(), 0, part, 0, part.byteSize());
        }
    }
}
