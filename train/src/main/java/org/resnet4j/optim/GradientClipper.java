package org.resnet4j.optim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.resnet4j.engine.Parameters;

/**
 * Clips the gradients of a session's parameters in place. Owns room for two plain copies of the largest parameter where it clips
 * by units; {@link #close} frees it. Norms are added up in double. Not thread-safe.
 */
public final class GradientClipper implements AutoCloseable {
    // As in torch.nn.utils.clip_grad_norm_ and timm.utils.agc.
    private static final double NORM_EPSILON = 1e-6;
    private static final double SMALLEST_WEIGHT_NORM = 1e-3;

    private final Parameters parameters;
    private final Clipping clipping;
    private final List<Parameters.Slot> clipped;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment weights;
    private final MemorySegment gradients;

    private GradientClipper(Parameters parameters, Clipping clipping, List<Parameters.Slot> clipped, long room) {
        this.parameters = parameters;
        this.clipping = clipping;
        this.clipped = clipped;
        this.weights = arena.allocate(room, Parameters.ALIGNMENT);
        this.gradients = arena.allocate(room, Parameters.ALIGNMENT);
    }

    /**
     * A clipper of these parameters.
     *
     * @param parameters of a session with gradients
     * @param clipping how
     * @param head module of the last layer, which adaptive clipping leaves as it is
     */
    public static GradientClipper of(Parameters parameters, Clipping clipping, String head) {
        List<Parameters.Slot> clipped = parameters.slots().stream()
                .filter(s -> s.trainable() && !s.name().startsWith(head + "."))
                .toList();
        return new GradientClipper(parameters, clipping, clipped, room(parameters, clipping));
    }

    private static long room(Parameters parameters, Clipping clipping) {
        return switch (clipping) {
            case Clipping.None _, Clipping.Norm _ -> 0;
            case Clipping.Adaptive _ ->
                parameters.slots().stream()
                        .mapToLong(s -> s.type().bytes())
                        .max()
                        .orElse(0);
        };
    }

    /** Clips the gradients as they are now. */
    public void clip() {
        switch (clipping) {
            case Clipping.None _ -> {}
            case Clipping.Norm c -> {
                double factor = c.max() / (FlatBlocks.norm(parameters.gradients()) + NORM_EPSILON);
                if (factor < 1) {
                    FlatBlocks.scale(parameters.gradients(), (float) factor);
                }
            }
            case Clipping.Adaptive c -> clipped.forEach(slot -> clip(slot, c.factor()));
        }
    }

    /** Output units are the first dimension's; a vector is one unit. */
    private void clip(Parameters.Slot slot, double factor) {
        MemorySegment w = weights.asSlice(0, slot.type().bytes());
        MemorySegment g = gradients.asSlice(0, slot.type().bytes());
        slot.layout().load(parameters.stored(slot), w);
        slot.layout().load(parameters.storedGradient(slot), g);
        long units = slot.type().shape().rank() <= 1 ? 1 : slot.type().shape().dim(0);
        long bytes = w.byteSize() / units;
        boolean changed = false;
        for (long unit = 0; unit < units; unit++) {
            MemorySegment gradient = g.asSlice(unit * bytes, bytes);
            double norm = FlatBlocks.norm(gradient);
            double max = factor * Math.max(SMALLEST_WEIGHT_NORM, FlatBlocks.norm(w.asSlice(unit * bytes, bytes)));
            if (norm >= max) {
                FlatBlocks.scale(gradient, (float) (max / Math.max(norm, NORM_EPSILON)));
                changed = true;
            }
        }
        if (changed) {
            slot.layout().store(g, parameters.storedGradient(slot));
        }
    }

    /** Frees the copies. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
