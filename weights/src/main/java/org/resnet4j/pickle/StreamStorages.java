package org.resnet4j.pickle;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.weights.Chunks;
import org.resnet4j.weights.WeightsException;

/**
 * The legacy layout: behind the pickles the storages in the order of a list of keys, each an eight-byte count of elements and
 * the elements. The types, and so the sizes, are those of the references in the pickle.
 */
final class StreamStorages implements Storages {
    private final FileChannel channel;
    private final String where;
    private final Map<String, Long> begins = new HashMap<>();

    private StreamStorages(FileChannel channel, String where) {
        this.channel = channel;
        this.where = where;
    }

    /** Walks over the counts from {@code begin} to the end of the file, which the last storage must reach exactly. */
    static StreamStorages index(
            FileChannel channel,
            String where,
            long begin,
            List<@Nullable Object> keys,
            Map<String, Value.Storage> referred)
            throws IOException {
        StreamStorages made = new StreamStorages(channel, where);
        long at = begin;
        for (Object key : keys) {
            Value.Storage storage = key instanceof String s ? referred.get(s) : null;
            if (storage == null) {
                throw made.refuse("the list of storages names " + Value.describe(key) + ", to which no tensor refers");
            }
            ByteBuffer count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            Chunks.read(channel, at, count, where);
            if (count.getLong(0) != storage.elements()) {
                throw made.refuse("storage " + PickleInput.quote(storage.key()) + " must have " + storage.elements()
                        + " elements, its data say " + count.getLong(0));
            }
            at += Long.BYTES;
            if (made.begins.put(storage.key(), at) != null) {
                throw made.refuse("two storages have the key " + PickleInput.quote(storage.key()));
            }
            long bytes =
                    Math.multiplyExact(storage.elements(), (long) storage.type().storedBytes());
            if (bytes > channel.size() - at) {
                throw made.refuse("storage " + PickleInput.quote(storage.key()) + " needs " + bytes + " bytes, "
                        + (channel.size() - at) + " are left; it was truncated");
            }
            at += bytes;
        }
        if (at != channel.size()) {
            throw made.refuse((channel.size() - at) + " bytes behind the last storage belong to none");
        }
        return made;
    }

    private WeightsException refuse(String what) {
        return new WeightsException(where + ": " + what);
    }

    @Override
    public MemorySegment read(Value.Storage storage, Arena arena) throws IOException {
        Long begin = begins.get(storage.key());
        if (begin == null) {
            throw refuse("the list of storages does not name " + PickleInput.quote(storage.key()));
        }
        long bytes =
                Math.multiplyExact(storage.elements(), (long) storage.type().storedBytes());
        MemorySegment out = arena.allocate(Math.max(1, bytes), 64).asSlice(0, bytes);
        Chunks.read(channel, begin, out, where);
        return out;
    }
}
