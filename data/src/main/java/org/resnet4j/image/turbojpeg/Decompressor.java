package org.resnet4j.image.turbojpeg;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Decompresses one picture after the other. Its buffers grow and are used again; the native decompressor is not: it would keep
 * tables of a picture for the next, and after an error the state of the broken file. For one thread at a time; owns its memory.
 */
final class Decompressor implements AutoCloseable {
    private static final long KEPT_BYTES = 64L << 20;
    private static final int ERROR_FATAL = 1; // TJERR_FATAL
    private static final int SCAN_LIMIT = 13; // TJPARAM_SCANLIMIT
    private static final int MAX_PIXELS = 24; // TJPARAM_MAXPIXELS

    /** How the texts of all warnings begin; {@code JWRN_} in {@code jerror.h}. */
    private static final List<String> WARNINGS = List.of(
            "Corrupt JPEG data",
            "Inconsistent progression sequence",
            "Invalid SOS parameters for sequential JPEG",
            "Premature end of JPEG file",
            "Unknown Adobe color transform code",
            "Warning: unknown JFIF revision number");

    private final TurboJpeg library;
    private final Arena small = Arena.ofShared();
    private final MemorySegment header = small.allocate(ValueLayout.JAVA_INT, 4);
    private Buffer source = new Buffer(1 << 16);
    private Buffer pixels = new Buffer(1 << 16);

    /** Memory outside of the heap. */
    private static final class Buffer implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final MemorySegment memory;

        Buffer(long bytes) {
            memory = arena.allocate(bytes, 64);
        }

        /** This one if it is large enough, else another; then this one is dead. */
        Buffer atLeast(long bytes) {
            if (memory.byteSize() >= bytes) {
                return this;
            }
            Buffer larger = new Buffer(bytes);
            close();
            return larger;
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    Decompressor(TurboJpeg library) {
        this.library = library;
    }

    byte[] decompress(byte[] jpeg, int width, int height, PixelFormat format, TurboJpeg.Limits limits)
            throws TurboJpegException {
        int pitch = Math.multiplyExact(width, format.bytes());
        int bytes = Math.multiplyExact(pitch, height);
        source = source.atLeast(jpeg.length);
        MemorySegment.copy(jpeg, 0, source.memory, ValueLayout.JAVA_BYTE, 0, jpeg.length);
        MemorySegment handle = (MemorySegment) call(library.handle(Function.INIT_DECOMPRESS));
        if (handle.address() == 0) {
            throw new IllegalStateException(library.file() + ": tjInitDecompress has no memory left");
        }
        try {
            set(handle, SCAN_LIMIT, limits.scans());
            set(handle, MAX_PIXELS, Math.toIntExact(limits.pixels()));
            requireSize(handle, jpeg.length, width, height);
            pixels = pixels.atLeast(bytes);
            MemorySegment dst = pixels.memory.asSlice(0, bytes);
            // Rows that a broken file leaves untouched must not show an earlier picture.
            dst.fill((byte) 0);
            int status = (int) call(
                    library.handle(Function.DECOMPRESS),
                    handle,
                    source.memory,
                    (long) jpeg.length,
                    dst,
                    width,
                    pitch,
                    height,
                    format.number(),
                    0);
            check(handle, status, "tjDecompress2");
            byte[] out = new byte[bytes];
            MemorySegment.copy(dst, ValueLayout.JAVA_BYTE, 0, out, 0, bytes);
            return out;
        } finally {
            call(library.handle(Function.DESTROY), handle);
        }
    }

    /** The library and the walk before it must have read the same header: the buffer is made for one of them. */
    private void requireSize(MemorySegment handle, long length, int width, int height) throws TurboJpegException {
        header.fill((byte) 0);
        int status = (int) call(
                library.handle(Function.DECOMPRESS_HEADER),
                handle,
                source.memory,
                length,
                header,
                header.asSlice(4),
                header.asSlice(8),
                header.asSlice(12));
        int foundWidth = header.getAtIndex(ValueLayout.JAVA_INT, 0);
        int foundHeight = header.getAtIndex(ValueLayout.JAVA_INT, 1);
        if (foundWidth == 0) {
            check(handle, status, "tjDecompressHeader3");
        }
        // A status alone is no reason: the size is known before an unusual subsampling is complained of.
        if (foundWidth != width || foundHeight != height) {
            throw new TurboJpegException(
                    "two frame headers: " + width + "x" + height + " and " + foundWidth + "x" + foundHeight);
        }
    }

    /**
     * Warnings are no failure: the picture is then the one that every program on libjpeg shows. An error after a warning, though,
     * has the code of a warning in version 2.1; only its text tells.
     */
    private void check(MemorySegment handle, int status, String function) throws TurboJpegException {
        if (status == 0) {
            return;
        }
        String message = TurboJpeg.string((MemorySegment) call(library.handle(Function.GET_ERROR_STRING), handle));
        boolean warning = (int) call(library.handle(Function.GET_ERROR_CODE), handle) != ERROR_FATAL
                && WARNINGS.stream().anyMatch(message::contains);
        if (!warning) {
            throw new TurboJpegException(message + " (" + function + ")");
        }
    }

    private void set(MemorySegment handle, int parameter, int value) {
        MethodHandle set = library.find(Function.SET);
        if (set != null && (int) call(set, handle, parameter, value) != 0) {
            throw new IllegalStateException("tj3Set refuses parameter " + parameter + " = " + value);
        }
    }

    private static Object call(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(function.toString(), e);
        }
    }

    /** Whether its buffers are small enough to be kept for the next picture. */
    boolean worthKeeping() {
        return source.memory.byteSize() + pixels.memory.byteSize() <= KEPT_BYTES;
    }

    @Override
    public void close() {
        source.close();
        pixels.close();
        small.close();
    }
}
