package org.resnet4j.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every reader of weights makes: tensors by name in the file's order, what the file says of itself, and what the reader did
 * to get there. Owns the memory of its tensors; close it. Safe for reading by many threads.
 */
public final class StateDict implements AutoCloseable {
    /** Fills a state dict's memory. */
    public interface Loader {
        /** The tensors, in memory of {@code arena} or in memory that lives as long. */
        List<NamedTensor> load(Arena arena) throws IOException;
    }

    private final Arena arena = Arena.ofShared();
    private final Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata;
    private final List<String> notes;
    private final Runnable owner;

    private StateDict(Map<String, String> metadata, List<String> notes, Runnable owner) {
        this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        this.notes = List.copyOf(notes);
        this.owner = owner;
    }

    /**
     * Loads tensors into new memory, which is freed if that fails.
     *
     * @param notes what the reader chose or left out, a sentence each, for the user
     * @throws WeightsException if two tensors have one name
     */
    public static StateDict load(Map<String, String> metadata, List<String> notes, Loader loader) throws IOException {
        StateDict made = new StateDict(metadata, notes, () -> {});
        return made.filled(loader);
    }

    /**
     * Takes over tensors that are in memory already.
     *
     * @param owner frees that memory; called by {@link #close}, and if this method throws
     */
    public static StateDict adopt(
            List<NamedTensor> tensors, Map<String, String> metadata, List<String> notes, Runnable owner)
            throws IOException {
        StateDict made = new StateDict(metadata, notes, owner);
        return made.filled(_ -> tensors);
    }

    private StateDict filled(Loader loader) throws IOException {
        try {
            for (NamedTensor t : loader.load(arena)) {
                if (tensors.put(t.name(), t) != null) {
                    throw new WeightsException("two tensors are named " + t.name());
                }
            }
            return this;
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Every tensor, in the file's order. */
    public List<NamedTensor> tensors() {
        return List.copyOf(tensors.values());
    }

    /** The tensor of this name, or null. */
    public @Nullable NamedTensor find(String name) {
        return tensors.get(name);
    }

    /** The tensor of this name; throws {@link WeightsException} if there is none. */
    public NamedTensor get(String name) throws WeightsException {
        NamedTensor t = tensors.get(name);
        if (t == null) {
            throw new WeightsException("no tensor is named " + name + " among the file's " + tensors.size());
        }
        return t;
    }

    /** Plain values that the file holds besides tensors, as text, such as {@code epoch} and {@code arch}; nothing is believed. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** What the reader chose, stripped or left out, a sentence each. */
    public List<String> notes() {
        return notes;
    }

    /** All tensors as F32 in memory of its own; integers as well. This one stays open. */
    public StateDict toF32() throws IOException {
        return load(
                metadata,
                notes,
                own -> tensors.values().stream().map(t -> t.toF32(own)).toList());
    }

    /** Frees the memory of all tensors. */
    @Override
    public void close() {
        arena.close();
        owner.run();
    }
}
