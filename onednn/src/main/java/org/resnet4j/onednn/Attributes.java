package org.resnet4j.onednn;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.ffi.Function;
import org.resnet4j.onednn.ffi.Library;

/**
 * What is added to a primitive: operations on its destination, in order. Values only; the scratchpad is always the caller's
 * ({@code dnnl_scratchpad_mode_user}), since one that the library manages must not be used by two threads at once.
 */
public final class Attributes {
    static final int SCRATCHPAD_MODE_USER = 1;

    private sealed interface PostOp {
        record Sum(float scale, @Nullable DataType type) implements PostOp {}

        record Eltwise(Algorithm algorithm, float alpha, float beta) implements PostOp {}

        record Binary(Algorithm algorithm, MemoryDesc src1) implements PostOp {}
    }

    /**
     * An argument's numbers are multiplied by scales that are given when run.
     *
     * @param mask bits of the dimensions that have a scale for each index; 0 for one scale
     */
    private record Scales(Arg of, int mask) {}

    private final List<PostOp> postOps;
    private final List<Scales> scales;

    private Attributes(List<PostOp> postOps, List<Scales> scales) {
        this.postOps = List.copyOf(postOps);
        this.scales = List.copyOf(scales);
    }

    /** Nothing added. */
    public static Attributes none() {
        return new Attributes(List.of(), List.of());
    }

    private Attributes with(PostOp op) {
        List<PostOp> more = new ArrayList<>(postOps);
        more.add(op);
        return new Attributes(more, scales);
    }

    /**
     * Multiply the numbers of {@code of} by scales, F32, given as {@link Arg#scales} when run: one, or one for each index of the
     * dimensions whose bits {@code mask} has.
     */
    public Attributes scales(Arg of, int mask) {
        List<Scales> more = new ArrayList<>(scales);
        more.add(new Scales(of, mask));
        return new Attributes(postOps, more);
    }

    /** Then add what the destination held before. */
    public Attributes sum() {
        return with(new PostOp.Sum(1, null));
    }

    /** Then add {@code scale} times what the destination held before, seen as {@code type}, which is as wide as its own. */
    public Attributes sum(float scale, DataType type) {
        return with(new PostOp.Sum(scale, type));
    }

    /** Then max(x, 0). */
    public Attributes relu() {
        return with(new PostOp.Eltwise(Algorithm.ELTWISE_RELU, 0, 0));
    }

    /** Then combine with another tensor, given as {@link Arg#postOp} when run. */
    public Attributes binary(Algorithm algorithm, MemoryDesc src1) {
        return with(new PostOp.Binary(algorithm, src1));
    }

    /** A native object for the duration of one creation. */
    Handle create(Library library) {
        Handle attr = new Handle(library, Function.ATTR_DESTROY, library.create(Function.ATTR_CREATE));
        try {
            library.check(Function.ATTR_SET_SCRATCHPAD_MODE, attr.address(), SCRATCHPAD_MODE_USER);
            for (Scales s : scales) {
                library.check(Function.ATTR_SET_SCALES_MASK, attr.address(), s.of().code(), s.mask());
            }
            if (!postOps.isEmpty()) {
                try (Handle chain =
                        new Handle(library, Function.POST_OPS_DESTROY, library.create(Function.POST_OPS_CREATE))) {
                    postOps.forEach(op -> append(library, chain.address(), op));
                    library.check(Function.ATTR_SET_POST_OPS, attr.address(), chain.address());
                }
            }
            return attr;
        } catch (RuntimeException | Error e) {
            attr.close();
            throw e;
        }
    }

    private static void append(Library library, MemorySegment chain, PostOp op) {
        switch (op) {
            case PostOp.Sum s ->
                library.check(Function.POST_OPS_APPEND_SUM, chain, s.scale(), 0, s.type() == null ? 0 : s.type().code);
            case PostOp.Eltwise e ->
                library.check(Function.POST_OPS_APPEND_ELTWISE, chain, e.algorithm().code, e.alpha(), e.beta());
            case PostOp.Binary b ->
                library.check(
                        Function.POST_OPS_APPEND_BINARY,
                        chain,
                        b.algorithm().code,
                        b.src1().address());
        }
    }
}
