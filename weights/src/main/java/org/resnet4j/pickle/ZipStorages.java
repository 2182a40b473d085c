package org.resnet4j.pickle;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.resnet4j.weights.WeightsException;

/** The zip layout: one entry a storage, {@code <prefix>/data/<key>}. */
record ZipStorages(ZipArchive zip, String prefix, String where) implements Storages {
    @Override
    public MemorySegment read(Value.Storage storage, Arena arena) throws IOException {
        ZipArchive.Entry entry = zip.get(prefix + "data/" + storage.key());
        long bytes =
                Math.multiplyExact(storage.elements(), (long) storage.type().storedBytes());
        if (entry.size() != bytes) {
            throw new WeightsException(where + ": storage " + PickleInput.quote(storage.key()) + " must have " + bytes
                    + " bytes for " + storage.elements() + " elements of "
                    + storage.type().fullName() + ", found " + entry.size());
        }
        return zip.read(entry, arena);
    }
}
