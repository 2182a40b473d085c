package org.resnet4j.optim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.resnet4j.engine.Parameters;
import org.resnet4j.tensor.DType;

/**
 * Stochastic gradient descent with momentum over the flat F32 blocks of a session's parameters.
 *
 * <p>Owns one block of momentum, laid out as the trainable part of the values; {@link #close} frees it. The parameters belong to
 * their session and must outlive this. A step is one pass: pieces of a few thousand floats are copied into the cache, updated
 * there by a loop over arrays, which C2 turns into vector instructions, and copied back; no fused multiply-add, so the bits do not
 * depend on who runs the loop. Not thread-safe. Parameters that are not F32 or have no gradients throw
 * {@link IllegalArgumentException}. Source: {@code torch.optim.SGD}; Caffe's {@code SGDSolver} and {@code NesterovSolver}.
 */
public final class Sgd implements AutoCloseable {
    // Three arrays of this many floats fit a first-level cache of 32 KB.
    private static final int PIECE = 2048;

    /** A run of floats with one decay. */
    private record Range(long from, long to, float decay) {}

    private final Parameters parameters;
    private final SgdOptions options;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment momentum;
    private final List<Range> ranges;
    private final float[] w = new float[PIECE];
    private final float[] g = new float[PIECE];
    private final float[] v = new float[PIECE];

    private Sgd(Parameters parameters, SgdOptions options, List<Range> ranges) {
        this.parameters = parameters;
        this.options = options;
        this.ranges = ranges;
        long bytes = parameters.gradients().byteSize();
        momentum = arena.allocate(bytes, Parameters.ALIGNMENT);
    }

    /**
     * An optimiser with zero momentum.
     *
     * @param parameters of a session with gradients
     * @param options its constants
     * @param normParameters names of batch norm's scales and shifts: {@link WeightDecay#normParameters}
     */
    public static Sgd of(Parameters parameters, SgdOptions options, Set<String> normParameters) {
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
                append(ranges, slot, (float)
                        (norm ? options.decay().norm() : options.decay().value()));
            }
        }
        return new Sgd(parameters, options, List.copyOf(ranges));
    }

    /** Slots of one decay that follow each other become one range; the padding between them is zero and stays so. */
    private static void append(List<Range> ranges, Parameters.Slot slot, float decay) {
        long from = slot.offset() / Float.BYTES;
        long to = from + slot.bytes() / Float.BYTES;
        if (!ranges.isEmpty() && ranges.getLast().decay() == decay) {
            from = ranges.removeLast().from();
        }
        ranges.add(new Range(from, to, decay));
    }

    /** Bytes of momentum that {@link #of} would allocate. */
    public static long bytes(Parameters parameters) {
        return parameters.gradients().byteSize();
    }

    /** Moves every trainable parameter by its gradient; call {@code parametersChanged} on the session afterwards. */
    public void step(double learningRate) {
        float lr = (float) learningRate;
        for (int r = 0; r < ranges.size(); r++) {
            Range range = ranges.get(r);
            for (long at = range.from(); at < range.to(); at += PIECE) {
                piece(at, (int) Math.min(PIECE, range.to() - at), lr, range.decay());
            }
        }
    }

    private void piece(long at, int n, float lr, float decay) {
        long offset = at * Float.BYTES;
        MemorySegment.copy(parameters.values(), ValueLayout.JAVA_FLOAT, offset, w, 0, n);
        MemorySegment.copy(parameters.gradients(), ValueLayout.JAVA_FLOAT, offset, g, 0, n);
        MemorySegment.copy(momentum, ValueLayout.JAVA_FLOAT, offset, v, 0, n);
        float m = (float) options.momentum();
        switch (options.convention()) {
            case PYTORCH -> {
                if (options.nesterov()) {
                    pytorchNesterov(n, lr, m, decay);
                } else {
                    pytorch(n, lr, m, decay);
                }
            }
            case CAFFE -> {
                if (options.nesterov()) {
                    caffeNesterov(n, lr, m, decay);
                } else {
                    caffe(n, lr, m, decay);
                }
            }
        }
        MemorySegment.copy(w, 0, parameters.values(), ValueLayout.JAVA_FLOAT, offset, n);
        MemorySegment.copy(v, 0, momentum, ValueLayout.JAVA_FLOAT, offset, n);
    }

    private void pytorch(int n, float lr, float m, float decay) {
        for (int i = 0; i < n; i++) {
            v[i] = m * v[i] + (g[i] + decay * w[i]);
            w[i] = w[i] - lr * v[i];
        }
    }

    private void pytorchNesterov(int n, float lr, float m, float decay) {
        for (int i = 0; i < n; i++) {
            float d = g[i] + decay * w[i];
            v[i] = m * v[i] + d;
            w[i] = w[i] - lr * (d + m * v[i]);
        }
    }

    private void caffe(int n, float lr, float m, float decay) {
        for (int i = 0; i < n; i++) {
            v[i] = m * v[i] + lr * (g[i] + decay * w[i]);
            w[i] = w[i] - v[i];
        }
    }

    private void caffeNesterov(int n, float lr, float m, float decay) {
        for (int i = 0; i < n; i++) {
            float old = v[i];
            v[i] = m * old + lr * (g[i] + decay * w[i]);
            w[i] = w[i] - ((1f + m) * v[i] - m * old);
        }
    }

    /** Names of the parameters that have momentum, in the order of the slots. */
    public List<String> names() {
        return parameters.slots().stream()
                .filter(Parameters.Slot::trainable)
                .map(Parameters.Slot::name)
                .toList();
    }

    /** The momentum block, laid out as the trainable part of the values; valid until {@link #close}. */
    public MemorySegment momentum() {
        return momentum;
    }

    /** A plain, row-major copy of one parameter's momentum in {@code in}'s memory. */
    public MemorySegment plainMomentum(String name, Arena in) {
        return parameters.plainOf(name, momentum, in);
    }

    /** Sets one parameter's momentum from its plain, row-major form. */
    public void setMomentum(String name, MemorySegment plain) {
        parameters.setIn(name, momentum, plain);
    }

    /** Frees the momentum. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
