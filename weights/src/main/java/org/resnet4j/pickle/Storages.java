package org.resnet4j.pickle;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Where a file keeps the numbers of its storages. */
interface Storages {
    /** All elements of a storage as the file has them; throws if the file has another number of bytes for it. */
    MemorySegment read(Value.Storage storage, Arena arena) throws IOException;
}
