package org.resnet4j.onednn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.onednn.ffi.Function;
import org.resnet4j.onednn.ffi.Library;
import org.resnet4j.onednn.ffi.NativeFolder;

/**
 * oneDNN, loaded, with its processor engine: what every other type of this package is made from.
 *
 * <p>The library and the engine stay for the life of the process and are shared by all who open; safe for use by many threads.
 */
public final class Onednn {
    static final int CPU = 1;

    private final Library library;
    private final MemorySegment engine;

    private Onednn(Library library, MemorySegment engine) {
        this.library = library;
        this.engine = engine;
    }

    /**
     * Loads the library on first use.
     *
     * @param folder where it is unpacked to; filled if need be, checked by hash before loading
     * @throws NativeLibraryException if there is none for this platform, it cannot be unpacked or native access is not allowed
     */
    public static Onednn open(Path folder) {
        Library library = NativeFolder.open(folder);
        return new Onednn(library, Engines.cpu(library));
    }

    /** The engine of a process is never destroyed: primitives that are still alive refer to it. */
    private static final class Engines {
        private static MemorySegment cpu = MemorySegment.NULL;

        static synchronized MemorySegment cpu(Library library) {
            if (cpu.equals(MemorySegment.NULL)) {
                cpu = library.create(Function.ENGINE_CREATE, CPU, 0L);
            }
            return cpu;
        }
    }

    Library library() {
        return library;
    }

    MemorySegment engine() {
        return engine;
    }

    /** Version and commit: {@code 3.11.0 (a1b2c3d)}. */
    public String version() {
        return library.version();
    }

    /** The instruction set that implementations are chosen for: {@code avx512_core_bf16}. */
    public String instructionSet() {
        return instructionSet((int) library.call(Function.GET_EFFECTIVE_CPU_ISA));
    }

    /** The name of a {@code dnnl_cpu_isa_t}. */
    static String instructionSet(int isa) {
        return switch (isa) {
            case 0x0 -> "default";
            case 0x1 -> "sse41";
            case 0x3 -> "avx";
            case 0x7 -> "avx2";
            case 0xf -> "avx2_vnni";
            case 0x1f -> "avx2_vnni_2";
            case 0x27 -> "avx512_core";
            case 0x67 -> "avx512_core_vnni";
            case 0xe7 -> "avx512_core_bf16";
            case 0x1ef -> "avx10_1_512";
            case 0xfef -> "avx10_1_512_amx";
            case 0x1fef -> "avx10_1_512_amx_fp16";
            case 0x201ff -> "avx10_2_512";
            case 0x22fff -> "avx10_2_512_amx_2";
            default -> "isa 0x" + Integer.toHexString(isa);
        };
    }

    /** OpenMP threads that a call from the current thread uses. */
    public int threads() {
        return (int) library.call(Function.OMP_GET_MAX_THREADS);
    }

    /** Sets how many OpenMP threads calls from the current thread use, at least 1: each calling thread has a team of its own. */
    public void setThreads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a thread team needs at least 1 thread, found " + threads);
        }
        library.call(Function.OMP_SET_NUM_THREADS, threads);
    }

    /**
     * Files of the OpenMP runtimes that this process has loaded, in order of name; empty where the system does not tell. With more
     * than one their threads compete for the processors, and each has its own number of threads.
     */
    public static List<String> openMpRuntimes() {
        Path maps = Path.of("/proc/self/maps");
        if (!Files.isReadable(maps)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(maps)) {
            return lines.filter(l -> l.contains("/"))
                    .map(l -> l.substring(l.indexOf('/')))
                    .filter(f -> f.matches(".*/lib(gomp|iomp5|omp)[^/]*\\.so[^/]*"))
                    .distinct()
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // a hint only
        }
    }

    /** How many compiled primitives oneDNN keeps for reuse. */
    public void setPrimitiveCacheCapacity(int capacity) {
        library.check(Function.SET_PRIMITIVE_CACHE_CAPACITY, capacity);
    }
}
