package org.resnet4j.npy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.weights.Chunks;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.RegularFile;
import org.resnet4j.weights.StateDict;
import org.resnet4j.weights.WeightsException;

/**
 * Reads and writes {@code .npy}: little-endian floats and integers, row-major or column-major. NumPy has no BF16. Stateless.
 * Source: {@code numpy/lib/format.py}.
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** NumPy itself writes 118 bytes for an ordinary array and refuses 10,000 unless told otherwise. */
    private static final long LONGEST_HEADER = 65_535;

    private static final int ALIGNMENT = 64;

    private Npy() {}

    /**
     * Reads a file; its tensor is named after the file without {@code .npy}, and row-major whatever the file is.
     *
     * @throws WeightsException if it is not a sound file within the limits
     */
    public static StateDict read(Path file, Limits limits) throws IOException {
        String where = file.toString();
        try (FileChannel channel = RegularFile.open(file)) {
            ByteBuffer start = read(channel, 10, where);
            byte[] magic = new byte[MAGIC.length];
            start.get(magic);
            int version = start.get();
            if (!Arrays.equals(magic, MAGIC) || version < 1 || version > 3 || start.get() != 0) {
                throw new WeightsException(where + ": a .npy file begins with \\x93NUMPY and version 1.0, 2.0 or 3.0");
            }
            long length = start.getShort() & 0xffff;
            if (version > 1) {
                length |= (read(channel, 2, where).getShort() & 0xffffL) << 16;
            }
            long most = Math.min(LONGEST_HEADER, limits.headerBytes());
            if (length > most || length > channel.size() - channel.position()) {
                throw new WeightsException(
                        where + ": a header has at most " + most + " bytes and ends in the file, found " + length);
            }
            byte[] text = new byte[(int) length];
            read(channel, text.length, where).get(text);
            NpyHeader header = NpyHeader.parse(new String(text, StandardCharsets.ISO_8859_1), limits, where);
            long rest = channel.size() - channel.position();
            if (rest != header.type().bytes() || rest > limits.totalBytes()) {
                throw new WeightsException(where + ": " + header.type() + " needs "
                        + header.type().bytes() + " bytes, at most " + limits.totalBytes() + ", found " + rest);
            }
            return StateDict.load(Map.of(), List.of(), arena -> load(channel, header, name(file), arena, where));
        }
    }

    private static String name(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".npy") ? name.substring(0, name.length() - 4) : name;
    }

    private static List<NamedTensor> load(FileChannel channel, NpyHeader header, String name, Arena arena, String where)
            throws IOException {
        long bytes = header.type().bytes();
        MemorySegment data = arena.allocate(bytes, ALIGNMENT);
        Chunks.read(channel, data, where);
        MemorySegment rows = header.columnMajor() ? transposed(header, data, arena) : data;
        return List.of(new NamedTensor(name, header.type(), rows));
    }

    private static MemorySegment transposed(NpyHeader header, MemorySegment data, Arena arena) {
        long[] dims = header.type().shape().dims();
        int element = header.type().dtype().bytes();
        MemorySegment out = arena.allocate(data.byteSize(), ALIGNMENT);
        long[] index = new long[dims.length];
        for (long i = 0; i < data.byteSize() / element; i++) {
            long to = 0;
            for (int d = 0; d < dims.length; d++) {
                to = to * dims[d] + index[d];
            }
            MemorySegment.copy(data, i * element, out, to * element, element);
            for (int d = 0; d < dims.length && ++index[d] == dims[d]; d++) {
                index[d] = 0;
            }
        }
        return out;
    }

    private static ByteBuffer read(FileChannel channel, int n, String where) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
        Chunks.read(channel, b, where);
        return b.flip();
    }

    /** Writes a file, version 1.0, byte for byte as NumPy does; a crash leaves the old file or the new one. */
    public static void write(Path file, NamedTensor tensor) throws IOException {
        String text = NpyHeader.of(tensor.type());
        int unpadded = MAGIC.length + 4 + text.length() + 1;
        int padded = Math.ceilDiv(unpadded, ALIGNMENT) * ALIGNMENT;
        ByteBuffer start = ByteBuffer.allocate(padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) (padded - MAGIC.length - 4))
                .put(text.getBytes(StandardCharsets.US_ASCII));
        while (start.remaining() > 1) {
            start.put((byte) ' ');
        }
        start.put((byte) '\n').flip();
        AtomicFile.write(file, out -> {
            Chunks.write(start, out);
            Chunks.write(tensor.data(), out);
        });
    }
}
