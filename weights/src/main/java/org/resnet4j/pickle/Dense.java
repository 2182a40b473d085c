package org.resnet4j.pickle;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.resnet4j.tensor.DType;

/** From a storage with strides to plain row-major numbers. Stateless. */
final class Dense {
    private Dense() {}

    /** True if the tensor's elements lie in the storage as they must lie in memory, so that no copy is needed. */
    static boolean isPlain(Value.Tensor t) {
        if (t.storage.type() == Allowed.SHORT_STORAGE) {
            return false;
        }
        long expected = 1;
        for (int i = t.size.length - 1; i >= 0; i--) {
            if (t.size[i] != 1 && t.stride[i] != expected) {
                return false;
            }
            expected *= t.size[i];
        }
        return true;
    }

    /** The part of the storage that a plain tensor is. */
    static MemorySegment slice(Value.Tensor t, MemorySegment storage, long bytes) {
        int element = t.storage.type().storedBytes();
        return storage.asSlice((t.storage.viewOffset() + t.offset) * element, bytes);
    }

    /** Elements in row-major order, copied to {@code arena}; shorts become ints. */
    static MemorySegment gather(Value.Tensor t, MemorySegment storage, DType as, long bytes, Arena arena) {
        MemorySegment out = arena.allocate(bytes, 64);
        int from = t.storage.type().storedBytes();
        int rank = t.size.length;
        long[] index = new long[rank];
        long source = t.storage.viewOffset() + t.offset;
        long n = bytes / as.bytes();
        for (long i = 0; i < n; i++) {
            copy(storage, source * from, from, out, i * as.bytes(), as.bytes());
            for (int d = rank - 1; d >= 0; d--) {
                source += t.stride[d];
                if (++index[d] < t.size[d]) {
                    break;
                }
                source -= t.stride[d] * t.size[d];
                index[d] = 0;
            }
        }
        return out;
    }

    private static void copy(MemorySegment from, long at, int bytes, MemorySegment to, long toAt, int toBytes) {
        switch (bytes) {
            case 1 -> to.set(ValueLayout.JAVA_BYTE, toAt, from.get(ValueLayout.JAVA_BYTE, at));
            case 2 -> {
                short value = from.get(ValueLayout.JAVA_SHORT_UNALIGNED, at);
                if (toBytes == 2) {
                    to.set(ValueLayout.JAVA_SHORT_UNALIGNED, toAt, value);
                } else {
                    to.set(ValueLayout.JAVA_INT_UNALIGNED, toAt, value);
                }
            }
            case 4 -> to.set(ValueLayout.JAVA_INT_UNALIGNED, toAt, from.get(ValueLayout.JAVA_INT_UNALIGNED, at));
            default -> to.set(ValueLayout.JAVA_LONG_UNALIGNED, toAt, from.get(ValueLayout.JAVA_LONG_UNALIGNED, at));
        }
    }
}
