package org.resnet4j.engine.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.resnet4j.engine.Layout;
import org.resnet4j.onednn.Arg;
import org.resnet4j.onednn.Execution;
import org.resnet4j.onednn.Execution.Argument;
import org.resnet4j.onednn.FormatTag;
import org.resnet4j.onednn.MemoryDesc;
import org.resnet4j.onednn.Onednn;
import org.resnet4j.onednn.PrimitiveDesc;

/**
 * A parameter in the layout that its primitive wants. Converts by a reorder on the calling thread alone; lives as long as the
 * lowering that owns the layout.
 */
record StoredLayout(Onednn onednn, MemoryDesc stored) implements Layout {
    /** {@link Layout#PLAIN} where oneDNN's choice is row-major. */
    static Layout of(Primitives primitives, MemoryDesc stored) {
        try (MemoryDesc plain = plain(primitives.onednn(), stored)) {
            return plain.equals(stored) ? PLAIN : new StoredLayout(primitives.onednn(), stored);
        }
    }

    /** Row-major by the stored form's own dimensions: weights in groups have five, but the same bytes as with four. */
    private static MemoryDesc plain(Onednn onednn, MemoryDesc stored) {
        long[] dims = stored.dims();
        return MemoryDesc.of(onednn, stored.dataType(), FormatTag.plain(dims.length), dims);
    }

    @Override
    public void store(MemorySegment plain, MemorySegment to) {
        try (MemoryDesc layout = plain(onednn, stored)) {
            move(layout, plain, stored, to);
        }
    }

    @Override
    public void load(MemorySegment from, MemorySegment plain) {
        try (MemoryDesc layout = plain(onednn, stored)) {
            move(stored, from, layout, plain);
        }
    }

    private void move(MemoryDesc fromLayout, MemorySegment from, MemoryDesc toLayout, MemorySegment to) {
        // A team of the caller's would stay, and slow down those that compute.
        onednn.setThreads(1);
        try (PrimitiveDesc desc = PrimitiveDesc.reorder(onednn, fromLayout, toLayout);
                Arena arena = Arena.ofShared();
                Execution execution = new Execution(
                        onednn,
                        desc,
                        List.of(new Argument(Arg.SRC, fromLayout, from), new Argument(Arg.DST, toLayout, to)),
                        arena.allocate(Math.max(1, desc.scratchpadBytes()), 64))) {
            execution.run();
        }
    }
}
