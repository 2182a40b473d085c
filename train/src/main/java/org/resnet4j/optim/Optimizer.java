package org.resnet4j.optim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.resnet4j.engine.Parameters;
import org.resnet4j.tensor.DType;

/**
 * An optimiser over the flat F32 blocks of a session's parameters: {@link SgdOptions} and the other {@link OptimizerOptions}.
 *
 * <p>Owns one block for each thing that its rule remembers, laid out as the trainable part of the values; {@link #close} frees
 * them. The parameters belong to their session and must outlive this. A step is one pass, or two where a rule looks at norms first:
 * pieces of a few thousand floats are copied into the cache, updated there by a loop over arrays, which C2 turns into vector
 * instructions, and copied back. Not thread-safe. Parameters that are not F32 or have no gradients throw
 * {@link IllegalArgumentException}.
 */
public final class Optimizer implements AutoCloseable {
    // Three arrays of this many floats fit a first-level cache of 32 KB.
    private static final int PIECE = 2048;

    /** A run of floats with one decay and one factor of the rate: a parameter. */
    private record Range(long from, long to, float decay, double rate) {}

    private final Parameters parameters;
    private final Rule rule;
    private final List<Range> ranges;
    private final Arena arena = Arena.ofShared();
    private final Map<String, MemorySegment> states = new LinkedHashMap<>();
    private final MemorySegment[] blocks;
    private final Rule.Piece piece;
    private final Rule.Norms norms = new Rule.Norms();

    private Optimizer(Parameters parameters, Rule rule, List<Range> ranges) {
        this.parameters = parameters;
        this.rule = rule;
        this.ranges = ranges;
        long bytes = parameters.gradients().byteSize();
        try {
            for (String state : rule.states()) {
                states.put(state, arena.allocate(bytes, Parameters.ALIGNMENT));
            }
        } catch (OutOfMemoryError e) {
            arena.close();
            throw e;
        }
        this.blocks = states.values().toArray(MemorySegment[]::new);
        this.piece = new Rule.Piece(PIECE, blocks.length);
    }

    /**
     * An optimiser that remembers nothing yet.
     *
     * @param parameters of a session with gradients
     * @param options its rule and constants
     * @param normParameters names of batch norm's scales and shifts: {@link WeightDecay#normParameters}
     */
    public static Optimizer of(Parameters parameters, OptimizerOptions options, Set<String> normParameters) {
        return of(parameters, options, normParameters, Map.of());
    }

    /**
     * An optimiser whose parameters do not all move at one rate.
     *
     * @param rates factor of the learning rate by parameter: {@link LayerRates#factors}; 1 where there is none
     */
    public static Optimizer of(
            Parameters parameters, OptimizerOptions options, Set<String> normParameters, Map<String, Double> rates) {
        if (parameters.gradients().byteSize() == 0) {
            throw new IllegalArgumentException(
                    "these parameters have no gradients; open a session of a training graph");
        }
        List<Range> ranges = new ArrayList<>();
        for (Parameters.Slot slot : parameters.slots()) {
            if (slot.trainable()) {
                if (slot.type().dtype() != DType.F32) {
                    throw new IllegalArgumentException(
                            slot.name() + ": the optimiser updates f32 parameters, found " + slot.type());
                }
                boolean norm = normParameters.contains(slot.name());
                double decay = options.decay().of(norm, slot.type().shape());
                long from = slot.offset() / Float.BYTES;
                double rate = rates.getOrDefault(slot.name(), 1.0);
                ranges.add(new Range(from, from + slot.bytes() / Float.BYTES, (float) decay, rate));
            }
        }
        return new Optimizer(parameters, Rule.of(options), List.copyOf(ranges));
    }

    /** Bytes that {@link #of} would allocate for parameters of which so many bytes are trained. */
    public static long bytes(long trainableBytes, OptimizerOptions options) {
        return Math.multiplyExact(trainableBytes, Rule.of(options).states().size());
    }

    /**
     * Moves every trainable parameter by its gradient.
     *
     * @param learningRate of this step
     * @param number of this step, from 1
     */
    public void step(double learningRate, long number) {
        double rate = Double.NaN;
        for (int r = 0; r < ranges.size(); r++) {
            Range range = ranges.get(r);
            if (range.rate() != rate) {
                rate = range.rate();
                rule.begin(learningRate * rate, number);
            }
            piece.decay = range.decay();
            float scale = 1;
            if (rule.scales(range.decay())) {
                norms.weights = 0;
                norms.others = 0;
                for (long at = range.from(); at < range.to(); at += PIECE) {
                    load(at, range);
                    rule.measure(piece, norms);
                    storeState(at);
                }
                scale = rule.scale(norms, range.decay());
            }
            for (long at = range.from(); at < range.to(); at += PIECE) {
                load(at, range);
                rule.move(piece, scale);
                MemorySegment.copy(piece.w, 0, parameters.values(), ValueLayout.JAVA_FLOAT, at * Float.BYTES, piece.n);
                storeState(at);
            }
        }
    }

    private void load(long at, Range range) {
        long offset = at * Float.BYTES;
        piece.n = (int) Math.min(PIECE, range.to() - at);
        MemorySegment.copy(parameters.values(), ValueLayout.JAVA_FLOAT, offset, piece.w, 0, piece.n);
        MemorySegment.copy(parameters.gradients(), ValueLayout.JAVA_FLOAT, offset, piece.g, 0, piece.n);
        for (int i = 0; i < blocks.length; i++) {
            MemorySegment.copy(blocks[i], ValueLayout.JAVA_FLOAT, offset, piece.state[i], 0, piece.n);
        }
    }

    private void storeState(long at) {
        for (int i = 0; i < blocks.length; i++) {
            MemorySegment.copy(piece.state[i], 0, blocks[i], ValueLayout.JAVA_FLOAT, at * Float.BYTES, piece.n);
        }
    }

    /**
     * What it remembers, by name: blocks laid out as the trainable part of the values, valid until {@link #close}. Names are
     * PyTorch's: {@code momentum}, or {@code exp_avg} and {@code exp_avg_sq}.
     */
    public Map<String, MemorySegment> states() {
        return Collections.unmodifiableMap(states);
    }

    /** Frees what it remembers. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
