package org.resnet4j.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.TensorType;

/**
 * All parameters and buffers of a session in one flat block, and the gradients of the trainable ones in another.
 *
 * <p>Trainable slots come first and lie at the same offsets in both blocks, so an optimiser, an average or a norm is one pass
 * over flat memory whatever the layouts are: layouts only permute a slot's elements, and their padding stays zero. Owned by
 * its session, which closes it. Reading and writing by name goes through plain row-major copies. Meant for one thread, but a
 * close from another waits for a copy that is under way, and a copy after it is an {@link IllegalStateException}: native code may
 * be writing to these blocks, and must never meet freed memory.
 */
public final class Parameters implements AutoCloseable {
    /** Slots start at a multiple of this many bytes: a cache line. */
    public static final long ALIGNMENT = 64;

    /**
     * What a backend asks for.
     *
     * @param name torchvision's
     * @param type plain type; F32 or F64
     * @param trainable true for weights
     * @param bytes of the stored form
     * @param layout of the stored form
     */
    public record Request(String name, TensorType type, boolean trainable, long bytes, Layout layout) {}

    /**
     * Where a parameter lies.
     *
     * @param name torchvision's
     * @param type plain type
     * @param trainable true for weights
     * @param offset in the block of values and, if trainable, in that of gradients; bytes
     * @param bytes of the stored form
     * @param layout of the stored form
     */
    public record Slot(String name, TensorType type, boolean trainable, long offset, long bytes, Layout layout) {}

    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment values;
    private final MemorySegment gradients;

    private Parameters(List<Slot> placed, long trainableBytes, long totalBytes, boolean withGradients) {
        placed.forEach(s -> slots.put(s.name(), s));
        try {
            values = arena.allocate(Math.max(ALIGNMENT, totalBytes), ALIGNMENT);
            gradients = arena.allocate(withGradients ? Math.max(ALIGNMENT, trainableBytes) : ALIGNMENT, ALIGNMENT)
                    .asSlice(0, withGradients ? trainableBytes : 0);
        } catch (OutOfMemoryError e) {
            arena.close(); // what was had of the two goes back
            throw e;
        }
    }

    /** Zero-filled blocks for these parameters, with a block of gradients if asked. */
    public static Parameters allocate(List<Request> requests, boolean withGradients) {
        List<Slot> placed = new ArrayList<>();
        long trainable = place(requests, true, 0, placed);
        long total = place(requests, false, trainable, placed);
        return new Parameters(placed, trainable, total, withGradients);
    }

    /** Bytes that {@link #allocate} would take. */
    public static long bytes(List<Request> requests, boolean withGradients) {
        List<Slot> placed = new ArrayList<>();
        long trainable = place(requests, true, 0, placed);
        long total = place(requests, false, trainable, placed);
        return withGradients ? Math.addExact(total, trainable) : total;
    }

    private static long place(List<Request> requests, boolean trainable, long from, List<Slot> placed) {
        long offset = from;
        for (Request r : requests) {
            if (r.trainable() == trainable) {
                placed.add(new Slot(r.name(), r.type(), trainable, offset, r.bytes(), r.layout()));
                long end = Math.addExact(offset, r.bytes());
                offset = Math.multiplyExact(Math.ceilDiv(end, ALIGNMENT), ALIGNMENT);
            }
        }
        return offset;
    }

    /** Every slot: trainable ones first, in the graph's order. */
    public List<Slot> slots() {
        return List.copyOf(slots.values());
    }

    /** The slot of this name; throws {@link IllegalArgumentException} if there is none. */
    public Slot slot(String name) {
        Slot slot = slots.get(name);
        if (slot == null) {
            throw new IllegalArgumentException("no parameter is named " + name + "; the first are "
                    + slots.keySet().stream().limit(5).toList());
        }
        return slot;
    }

    /** The block of stored values. */
    public MemorySegment values() {
        return values;
    }

    /** The block of stored gradients; empty if the session has none. */
    public MemorySegment gradients() {
        return gradients;
    }

    /** The stored values of one slot. */
    public MemorySegment stored(Slot slot) {
        return values.asSlice(slot.offset(), slot.bytes());
    }

    /** The stored gradient of one trainable slot. */
    public MemorySegment storedGradient(Slot slot) {
        return gradients.asSlice(slot.offset(), slot.bytes());
    }

    /** A plain copy of a parameter in {@code in}'s memory. */
    public MemorySegment plain(String name, Arena in) {
        Slot slot = slot(name);
        return load(slot, stored(slot), in);
    }

    /** A plain copy of a parameter's gradient in {@code in}'s memory. */
    public MemorySegment plainGradient(String name, Arena in) {
        Slot slot = slot(name);
        return load(slot, storedGradient(slot), in);
    }

    /** A plain copy of any block that is laid out as the values are, such as a momentum. */
    public MemorySegment plainOf(String name, MemorySegment block, Arena in) {
        Slot slot = slot(name);
        return load(slot, block.asSlice(slot.offset(), slot.bytes()), in);
    }

    private synchronized MemorySegment load(Slot slot, MemorySegment stored, Arena in) {
        requireOpen();
        MemorySegment plain = in.allocate(slot.type().bytes(), ALIGNMENT);
        slot.layout().load(stored, plain);
        return plain;
    }

    /** Sets a parameter from its plain, row-major form of the slot's own element type. */
    public void set(String name, MemorySegment plain) {
        setIn(name, values, plain);
    }

    /** Sets one slot of any block that is laid out as the values are. */
    public synchronized void setIn(String name, MemorySegment block, MemorySegment plain) {
        requireOpen();
        Slot slot = slot(name);
        if (plain.byteSize() != slot.type().bytes()) {
            throw new IllegalArgumentException(
                    name + ": " + slot.type() + " takes " + slot.type().bytes() + " bytes, found " + plain.byteSize());
        }
        slot.layout().store(plain, block.asSlice(slot.offset(), slot.bytes()));
    }

    /** Sets a parameter from floats, which F64 holds exactly. */
    public void set(String name, float[] plain) {
        Slot slot = slot(name);
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment segment = temporary.allocate(slot.type().bytes(), ALIGNMENT);
            new TensorView(name, slot.type(), segment).set(plain);
            set(name, segment);
        }
    }

    /** A parameter as doubles, row-major. */
    public double[] doubles(String name) {
        try (Arena temporary = Arena.ofConfined()) {
            return new TensorView(name, slot(name).type(), plain(name, temporary)).toDoubles();
        }
    }

    /** A parameter's gradient as doubles, row-major. */
    public double[] gradientDoubles(String name) {
        try (Arena temporary = Arena.ofConfined()) {
            return new TensorView(name, slot(name).type(), plainGradient(name, temporary)).toDoubles();
        }
    }

    /** Copies every parameter that {@code this} has from {@code other}, by name and whatever the layouts. */
    public void copyFrom(Parameters other) {
        for (Slot slot : slots.values()) {
            try (Arena temporary = Arena.ofConfined()) {
                MemorySegment plain = other.plain(slot.name(), temporary);
                DType from = other.slot(slot.name()).type().dtype();
                if (from == slot.type().dtype()) {
                    set(slot.name(), plain);
                } else {
                    MemorySegment converted = temporary.allocate(slot.type().bytes(), ALIGNMENT);
                    new TensorView(slot.name(), slot.type(), converted).set(other.doubles(slot.name()));
                    set(slot.name(), converted);
                }
            }
        }
    }

    /** True if every element of the block is finite; F32 blocks only. */
    public static boolean allFinite(MemorySegment block) {
        // An infinite or NaN element makes 0 * x a NaN that no sum loses: one multiply and add an element, no branch.
        // Four sums, because each waits for its own last addition.
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        long n = block.byteSize() / Float.BYTES;
        long i = 0;
        for (; i + 3 < n; i += 4) {
            a += 0f * block.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            b += 0f * block.getAtIndex(ValueLayout.JAVA_FLOAT, i + 1);
            c += 0f * block.getAtIndex(ValueLayout.JAVA_FLOAT, i + 2);
            d += 0f * block.getAtIndex(ValueLayout.JAVA_FLOAT, i + 3);
        }
        for (; i < n; i++) {
            a += 0f * block.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        return a + b + c + d == 0f;
    }

    private void requireOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("these parameters are closed: their session was");
        }
    }

    /** Frees both blocks, after a copy that another thread is making; views of them are dead. */
    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
