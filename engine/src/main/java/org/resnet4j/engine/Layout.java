package org.resnet4j.engine;

import java.lang.foreign.MemorySegment;

/** How a backend keeps a parameter: converts between its own form and the plain, row-major one. */
public interface Layout {
    /** Row-major, as it is. */
    Layout PLAIN = new Layout() {
        @Override
        public void store(MemorySegment plain, MemorySegment stored) {
            MemorySegment.copy(plain, 0, stored, 0, plain.byteSize());
        }

        @Override
        public void load(MemorySegment stored, MemorySegment plain) {
            MemorySegment.copy(stored, 0, plain, 0, plain.byteSize());
        }

        @Override
        public String toString() {
            return "plain";
        }
    };

    /** Writes the stored form of {@code plain}, padding included. */
    void store(MemorySegment plain, MemorySegment stored);

    /** Writes the plain form of {@code stored}. */
    void load(MemorySegment stored, MemorySegment plain);
}
