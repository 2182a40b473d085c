package org.resnet4j.onednn.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.resnet4j.onednn.DnnlException;
import org.resnet4j.onednn.NativeLibraryException;

/**
 * The loaded library: calls each {@link Function}, and turns a status other than success into a {@link DnnlException} with the
 * call and its arguments. All functions are looked for when it is loaded, each is linked when it is first called, since Java takes a
 * while to link one. Safe for use by many threads. Stays loaded until the process ends.
 */
@SuppressWarnings("restricted") // this class is what the module asks for native access for
public final class Library {
    private static final String NEEDED_VERSION = "3.11.";
    static final int RUNTIME_OMP = 2; // DNNL_RUNTIME_OMP

    private static final Linker LINKER = Linker.nativeLinker();

    private final Map<Function, MemorySegment> addresses = new EnumMap<>(Function.class);
    private final Map<Function, MethodHandle> handles = new ConcurrentHashMap<>();
    private final MethodHandle execute;
    private final MethodHandle parallel;
    private final MethodHandle threadNumber;

    private Library(SymbolLookup symbols) {
        for (Function f : Function.values()) {
            MemorySegment address = symbols.find(f.symbol())
                    .orElseThrow(
                            () -> new NativeLibraryException(
                                    "the native libraries have no function " + f.symbol()
                                            + "; they are not the ones this program was built for: delete the native folder and start again"));
            addresses.put(f, address);
        }
        execute = linked(Function.PRIMITIVE_EXECUTE);
        parallel = linked(Function.GOMP_PARALLEL);
        threadNumber = linked(Function.OMP_GET_THREAD_NUM);
    }

    /** Loads the two files of a {@link NativeFolder} and binds every function. */
    static Library load(Path gomp, Path dnnl) {
        try {
            SymbolLookup first = SymbolLookup.libraryLookup(gomp, Arena.global());
            SymbolLookup second = SymbolLookup.libraryLookup(dnnl, Arena.global());
            Library library = new Library(second.or(first));
            String version = library.version();
            if (!version.startsWith(NEEDED_VERSION)) {
                throw new NativeLibraryException(dnnl + ": oneDNN " + NEEDED_VERSION + "x is needed, found " + version);
            }
            int runtime = library.versionStruct().getAtIndex(ValueLayout.JAVA_INT, 6);
            if (runtime != RUNTIME_OMP) {
                throw new NativeLibraryException(
                        dnnl + ": the OpenMP build of oneDNN is needed (runtime 2), found runtime " + runtime);
            }
            return library;
        } catch (IllegalCallerException e) {
            throw new NativeLibraryException(
                    "native access is not allowed; start java with --enable-native-access=org.resnet4j.onednn", e);
        } catch (IllegalArgumentException e) {
            throw new NativeLibraryException(dnnl + " cannot be loaded on this machine: " + e.getMessage(), e);
        }
    }

    private MethodHandle linked(Function f) {
        MemorySegment address = addresses.get(f);
        if (address == null) {
            throw new IllegalStateException(f + " was not looked for");
        }
        return LINKER.downcallHandle(address, f.descriptor());
    }

    /** Takes its arguments from an array. */
    private MethodHandle handle(Function f) {
        MethodHandle known = handles.get(f);
        return known != null ? known : handles.computeIfAbsent(f, this::spread);
    }

    private MethodHandle spread(Function f) {
        int arguments = f.signature().length() - 1;
        return linked(f)
                .asSpreader(Object[].class, arguments)
                .asType(MethodType.methodType(Object.class, Object[].class));
    }

    /** Calls a function that cannot fail by status, and returns what it returns. */
    public Object call(Function f, Object... arguments) {
        try {
            return handle(f).invokeExact(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(f.symbol(), e);
        }
    }

    /** Calls a function that returns a status; throws {@link DnnlException} if that is not success. */
    public void check(Function f, Object... arguments) {
        int status = (int) call(f, arguments);
        if (status != 0) {
            throw new DnnlException(f.symbol(), status, Arrays.toString(arguments));
        }
    }

    /** Calls a {@code create} function whose first parameter takes the new object's address, and returns that. */
    public MemorySegment create(Function f, Object... arguments) {
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment out = temporary.allocate(ValueLayout.ADDRESS);
            Object[] all = new Object[arguments.length + 1];
            all[0] = out;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            check(f, all);
            return out.get(ValueLayout.ADDRESS, 0);
        }
    }

    /** {@code dnnl_primitive_execute}: one downcall, nothing allocated here. */
    public int execute(MemorySegment primitive, MemorySegment stream, int count, MemorySegment arguments) {
        try {
            return (int) execute.invokeExact(primitive, stream, count, arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("dnnl_primitive_execute", e);
        }
    }

    /** {@code GOMP_parallel}: runs {@code function} on every thread of the caller's team and waits for all; allocates nothing. */
    public void parallel(MemorySegment function, int threads) {
        try {
            parallel.invokeExact(function, MemorySegment.NULL, threads, 0);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("GOMP_parallel", e);
        }
    }

    /** Which of its team's threads the caller is: 0 to size - 1. */
    public int threadNumber() {
        try {
            return (int) threadNumber.invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("omp_get_thread_num", e);
        }
    }

    /** The address of a C function {@code void f(void *)} that calls {@code target}; stays for the life of the process. */
    public static MemorySegment callback(MethodHandle target) {
        return LINKER.upcallStub(target, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS), Arena.global());
    }

    /** Version and commit of the library: {@code 3.11.0 (a1b2c3d)}. */
    public String version() {
        MemorySegment v = versionStruct();
        String hash = v.get(ValueLayout.ADDRESS, 16).reinterpret(64).getString(0);
        return v.getAtIndex(ValueLayout.JAVA_INT, 0) + "." + v.getAtIndex(ValueLayout.JAVA_INT, 1) + "."
                + v.getAtIndex(ValueLayout.JAVA_INT, 2) + " (" + hash.substring(0, Math.min(7, hash.length())) + ")";
    }

    /** {@code dnnl_version_t}: int major, minor, patch; const char *hash; unsigned cpu_runtime, gpu_runtime. */
    private MemorySegment versionStruct() {
        return ((MemorySegment) call(Function.VERSION)).reinterpret(32);
    }

    /** The C string at an address that the library returned. */
    public static String string(MemorySegment address) {
        return address.reinterpret(256).getString(0);
    }

    /** A readable view of {@code bytes} bytes at an address that the library returned. */
    public static MemorySegment view(MemorySegment address, long bytes) {
        return address.reinterpret(bytes);
    }
}
