package org.resnet4j.engine.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.resnet4j.onednn.Algorithm;
import org.resnet4j.onednn.Arg;
import org.resnet4j.onednn.Attributes;
import org.resnet4j.onednn.DataType;
import org.resnet4j.onednn.Execution;
import org.resnet4j.onednn.Execution.Argument;
import org.resnet4j.onednn.FormatTag;
import org.resnet4j.onednn.MemoryDesc;
import org.resnet4j.onednn.Onednn;
import org.resnet4j.onednn.PrimitiveDesc;
import org.resnet4j.onednn.PrimitiveDesc.Query;

/**
 * What this machine's threads can do at best, measured: the yardstick that a benchmark's images a second are held against. Only
 * meaningful on an idle machine.
 *
 * @param f32 multiplications and additions a second of the fastest square matrix product of F32
 * @param bf16 of BF16 with F32 sums
 * @param int8 of unsigned by signed bytes with 32-bit sums
 * @param bytes read and written a second by an addition of two arrays that no cache holds
 */
public record Ceilings(double f32, double bf16, double int8, double bytes) {
    private static final int[] SIZES = {512, 1024, 2048};
    private static final long ARRAY = 1L << 24;
    private static final long WARM_NANOS = 200_000_000;

    /** Measures for about {@code seconds} on the backend's threads. */
    public static Ceilings measure(OnednnBackend backend, double seconds) {
        double[] found = new double[4];
        long nanos = (long) (seconds * 1e9 / (3 * SIZES.length + 1));
        backend.computeThreads().run(_ -> {
            Onednn onednn = backend.library();
            found[0] = product(onednn, DataType.F32, DataType.F32, DataType.F32, nanos);
            found[1] = product(onednn, DataType.BF16, DataType.BF16, DataType.F32, nanos);
            found[2] = product(onednn, DataType.U8, DataType.S8, DataType.S32, nanos);
            found[3] = addition(onednn, nanos);
        });
        return new Ceilings(found[0], found[1], found[2], found[3]);
    }

    private static double product(Onednn onednn, DataType src, DataType weights, DataType dst, long nanos) {
        double best = 0;
        for (long n : SIZES) {
            try (MemoryDesc s = MemoryDesc.of(onednn, src, FormatTag.ABC, 1, n, n);
                    MemoryDesc any = MemoryDesc.of(onednn, weights, FormatTag.ANY, 1, n, n);
                    MemoryDesc d = MemoryDesc.of(onednn, dst, FormatTag.ABC, 1, n, n);
                    PrimitiveDesc desc = PrimitiveDesc.matmul(onednn, s, any, d);
                    MemoryDesc w = desc.memoryDesc(Query.WEIGHTS)) {
                double each = seconds(onednn, desc, List.of(Arg.SRC, Arg.WEIGHTS, Arg.DST), List.of(s, w, d), nanos);
                best = Math.max(best, 2.0 * n * n * n / each);
            }
        }
        return best;
    }

    private static double addition(Onednn onednn, long nanos) {
        try (MemoryDesc a = MemoryDesc.of(onednn, DataType.F32, FormatTag.A, ARRAY);
                PrimitiveDesc desc = PrimitiveDesc.binary(onednn, Algorithm.BINARY_ADD, a, Attributes.none())) {
            double each = seconds(onednn, desc, List.of(Arg.SRC_0, Arg.SRC_1, Arg.DST), List.of(a, a, a), nanos);
            return 3.0 * ARRAY * Float.BYTES / each;
        }
    }

    /** The fastest of the runs that fit into {@code nanos}: what the machine can do, not what it does on average. */
    private static double seconds(
            Onednn onednn, PrimitiveDesc desc, List<Arg> args, List<MemoryDesc> layouts, long nanos) {
        try (Arena arena = Arena.ofShared()) {
            List<Argument> arguments = IntStream.range(0, args.size())
                    .mapToObj(i -> new Argument(args.get(i), layouts.get(i), filled(arena, layouts.get(i))))
                    .toList();
            MemorySegment scratchpad = arena.allocate(Math.max(1, desc.scratchpadBytes()), 64);
            try (Execution execution = new Execution(onednn, desc, arguments, scratchpad)) {
                long start = System.nanoTime();
                long best = Long.MAX_VALUE;
                long now = start;
                while (now - start < WARM_NANOS + nanos) {
                    long before = System.nanoTime();
                    execution.run();
                    now = System.nanoTime();
                    best = Math.min(best, now - before);
                }
                return best / 1e9;
            }
        }
    }

    /** Bytes that make a number that is neither zero nor denormal in every type. */
    private static MemorySegment filled(Arena arena, MemoryDesc layout) {
        return arena.allocate(Math.max(1, layout.bytes()), 64).fill((byte) 0x3c);
    }
}
