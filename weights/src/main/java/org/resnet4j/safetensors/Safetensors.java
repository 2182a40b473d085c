package org.resnet4j.safetensors;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.RegularFile;
import org.resnet4j.weights.WeightsException;

/**
 * A safetensors file in memory, and the writer of such files. Owns the memory of its tensors; close it. Safe for reading by
 * many threads. Source: the format page of the safetensors project.
 */
public final class Safetensors implements AutoCloseable {
    private static final int CHUNK = 1 << 24;

    private final Arena arena = Arena.ofShared();
    private final Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata;

    private Safetensors(Map<String, String> metadata) {
        this.metadata = metadata;
    }

    /** Reads a file with the default limits. */
    public static Safetensors read(Path file) throws IOException {
        return read(file, Limits.DEFAULT);
    }

    /**
     * Reads a file.
     *
     * @throws WeightsException if it is not a sound safetensors file within the limits: file, field, expected, found
     */
    public static Safetensors read(Path file, Limits limits) throws IOException {
        try (FileChannel channel = RegularFile.open(file)) {
            return read(channel, channel.size(), limits, file.toString());
        }
    }

    /** Reads {@code size} bytes; a channel that ends before, as that of a file that was cut meanwhile, is refused. */
    static Safetensors read(ReadableByteChannel channel, long size, Limits limits, String where) throws IOException {
        if (size < Long.BYTES) {
            throw new WeightsException(where + ": a safetensors file has at least 8 bytes, found " + size);
        }
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        fill(channel, length, where);
        long headerBytes = length.getLong(0);
        if (headerBytes < 2 || headerBytes > limits.headerBytes() || headerBytes > size - Long.BYTES) {
            throw new WeightsException(where + ": header length must be 2 to "
                    + Math.min(limits.headerBytes(), size - Long.BYTES) + ", found "
                    + Long.toUnsignedString(headerBytes) + "; is this a safetensors file?");
        }
        long dataBytes = size - Long.BYTES - headerBytes;
        ReadableByteChannel bytes = new FirstBytes(channel, headerBytes, where);
        BufferedReader text = new BufferedReader(Channels.newReader(bytes, StandardCharsets.UTF_8.newDecoder(), -1));
        return load(channel, Header.read(text, dataBytes, limits, where), dataBytes, where);
    }

    private static Safetensors load(ReadableByteChannel channel, Header header, long dataBytes, String where)
            throws IOException {
        Safetensors made = new Safetensors(header.metadata());
        try {
            MemorySegment data = made.arena.allocate(Math.max(1, dataBytes), 64).asSlice(0, dataBytes);
            for (long at = 0; at < dataBytes; at += CHUNK) {
                fill(channel, data.asSlice(at, Math.min(CHUNK, dataBytes - at)).asByteBuffer(), where);
            }
            for (Header.Entry e : header.entries()) {
                made.tensors.put(
                        e.name(),
                        new NamedTensor(
                                e.name(),
                                e.type(),
                                data.asSlice(e.begin(), e.type().bytes())));
            }
            return made;
        } catch (IOException | RuntimeException | Error e) {
            made.close();
            throw e;
        }
    }

    private static void fill(ReadableByteChannel channel, ByteBuffer buffer, String where) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw FirstBytes.cut(where);
            }
        }
    }

    /** Every tensor, in the file's order. */
    public List<NamedTensor> tensors() {
        return List.copyOf(tensors.values());
    }

    /** The tensor of this name, or null. */
    public @Nullable NamedTensor find(String name) {
        return tensors.get(name);
    }

    /** The tensor of this name; throws {@link WeightsException} if there is none. */
    public NamedTensor get(String name) throws WeightsException {
        NamedTensor t = tensors.get(name);
        if (t == null) {
            throw new WeightsException("no tensor is named " + name + " among the file's " + tensors.size());
        }
        return t;
    }

    /** What the file says of itself: strings by name. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** Frees the memory of all tensors. */
    @Override
    public void close() {
        arena.close();
    }

    /**
     * Writes a file: the same tensors and metadata, the same bytes, and those that the Python library writes. A crash leaves the
     * old file or the new one.
     *
     * @param tensors in any order; written widest element type first, then by name, as the Python library orders them
     */
    public static void write(Path file, List<NamedTensor> tensors, Map<String, String> metadata) throws IOException {
        AtomicFile.write(file, channel -> write(channel, tensors, metadata));
    }

    /** Writes the same bytes to a channel. */
    public static void write(WritableByteChannel out, List<NamedTensor> tensors, Map<String, String> metadata)
            throws IOException {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IOException(
                    "safetensors files are little-endian; this machine is not, and writing here is not supported");
        }
        List<NamedTensor> sorted = tensors.stream()
                .sorted(Comparator.comparing(
                                (NamedTensor t) -> t.type().dtype(),
                                Comparator.comparingInt(Header::rank).reversed())
                        .thenComparing(NamedTensor::name))
                .toList();
        byte[] header = Header.of(sorted, metadata).getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(header.length, Long.BYTES) * Long.BYTES;
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES + padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded)
                .put(header);
        while (start.hasRemaining()) {
            start.put((byte) ' ');
        }
        drain(out, start.flip());
        for (NamedTensor t : sorted) {
            for (long at = 0; at < t.data().byteSize(); at += CHUNK) {
                drain(
                        out,
                        t.data()
                                .asSlice(at, Math.min(CHUNK, t.data().byteSize() - at))
                                .asByteBuffer());
            }
        }
    }

    private static void drain(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
