package org.resnet4j.image.turbojpeg;

import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The system's libjpeg-turbo, if there is one. Safe for use by many threads: each decoding borrows a {@link Decompressor}, and idle
 * ones are kept, at most one a processor. Stays loaded until the process ends.
 */
@SuppressWarnings("restricted") // this class is what the module asks for native access for
public final class TurboJpeg {
    private static final System.Logger LOG = System.getLogger(TurboJpeg.class.getName());
    private static final String TO_DO = "JPEG is read by the JDK's decoder, with the same limits but slower; install"
            + " libjpeg-turbo's TurboJPEG library (Debian and Ubuntu: libturbojpeg0 or libturbojpeg, Fedora: turbojpeg,"
            + " Homebrew: jpeg-turbo)";

    /** A library of the system is the process's, so it is looked for once; and so its absence is announced once. */
    private static final class Found {
        static final Optional<TurboJpeg> LIBRARY = announced(names());

        private Found() {}
    }

    private final Map<Function, MethodHandle> handles;
    private final String file;
    private final Deque<Decompressor> idle = new ArrayDeque<>();
    private final int mostIdle = Runtime.getRuntime().availableProcessors();

    private TurboJpeg(String file, Map<Function, MethodHandle> handles) {
        this.file = file;
        this.handles = handles;
    }

    /** The system's library; empty where there is none, which is said once in the log. */
    public static Optional<TurboJpeg> ofSystem() {
        return Found.LIBRARY;
    }

    private static List<String> names() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (os.startsWith("mac")) {
            return List.of(
                    "/opt/homebrew/opt/jpeg-turbo/lib/libturbojpeg.0.dylib",
                    "/usr/local/opt/jpeg-turbo/lib/libturbojpeg.0.dylib",
                    "libturbojpeg.0.dylib");
        }
        // No name elsewhere: a search by name would begin in the folder that the program was started in.
        return os.startsWith("linux") ? List.of("libturbojpeg.so.0") : List.of();
    }

    private static Optional<TurboJpeg> announced(List<String> names) {
        String why = "no TurboJPEG library is known for this system";
        for (String name : names) {
            try {
                return Optional.of(load(name));
            } catch (IllegalArgumentException e) {
                why = name + " was not found or is too old: " + e.getMessage();
            } catch (IllegalCallerException e) {
                why = "native access is not allowed: start Java with --enable-native-access=org.resnet4j.data";
            }
        }
        LOG.log(Level.WARNING, why + ". " + TO_DO);
        return Optional.empty();
    }

    /**
     * The library of this name or path.
     *
     * @throws IllegalArgumentException if there is none or a function is missing
     * @throws IllegalCallerException if this module may not call native code
     */
    static TurboJpeg load(String name) {
        SymbolLookup symbols = SymbolLookup.libraryLookup(name, Arena.global());
        Linker linker = Linker.nativeLinker();
        Map<Function, MethodHandle> handles = new EnumMap<>(Function.class);
        for (Function f : Function.values()) {
            Optional<MemorySegment> address = symbols.find(f.symbol());
            if (address.isPresent()) {
                handles.put(f, linker.downcallHandle(address.get(), f.descriptor()));
            } else if (!f.optional()) {
                throw new IllegalArgumentException(name + " has no function " + f.symbol());
            }
        }
        return new TurboJpeg(name, handles);
    }

    /** The name by which it was found. */
    public String file() {
        return file;
    }

    /** The picture in a JPEG whose header says {@code width} x {@code height}: 3 bytes a pixel, or 4 of CMYK as stored. */
    public byte[] decompress(byte[] jpeg, int width, int height, PixelFormat format, Limits limits)
            throws TurboJpegException {
        Decompressor decompressor = borrow();
        try {
            return decompressor.decompress(jpeg, width, height, format, limits);
        } finally {
            giveBack(decompressor);
        }
    }

    /**
     * What the library itself is asked to refuse, from version 3 on; older ones have no such limits.
     *
     * @param pixels most pixels
     * @param scans most scans
     */
    public record Limits(long pixels, int scans) {}

    private Decompressor borrow() {
        synchronized (idle) {
            if (!idle.isEmpty()) {
                return idle.pop();
            }
        }
        return new Decompressor(this);
    }

    private void giveBack(Decompressor decompressor) {
        if (decompressor.worthKeeping()) {
            synchronized (idle) {
                if (idle.size() < mostIdle) {
                    idle.push(decompressor);
                    return;
                }
            }
        }
        decompressor.close();
    }

    @Nullable
    MethodHandle find(Function f) {
        return handles.get(f);
    }

    MethodHandle handle(Function f) {
        MethodHandle handle = find(f);
        if (handle == null) {
            throw new IllegalStateException(f.symbol() + " is not in " + file);
        }
        return handle;
    }

    /** A readable view of the C string at an address that the library returned. */
    static String string(MemorySegment address) {
        return address.reinterpret(256).getString(0); // JMSG_LENGTH_MAX is 200
    }
}
