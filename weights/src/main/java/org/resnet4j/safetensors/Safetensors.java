package org.resnet4j.safetensors;

import java.io.BufferedReader;
import java.io.IOException;
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
import java.util.List;
import java.util.Map;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.weights.Chunks;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.RegularFile;
import org.resnet4j.weights.StateDict;
import org.resnet4j.weights.WeightsException;

/** Reads and writes safetensors files. Stateless. Source: the format page of the safetensors project. */
public final class Safetensors {
    private Safetensors() {}

    /** Reads a file with the default limits; the caller closes what it gives. */
    public static StateDict read(Path file) throws IOException {
        return read(file, Limits.DEFAULT);
    }

    /**
     * Reads a file into memory of its own, which the caller closes.
     *
     * @return its tensors in the file's order, and its strings by name as metadata
     * @throws WeightsException if it is not a sound safetensors file within the limits: file, field, expected, found
     */
    public static StateDict read(Path file, Limits limits) throws IOException {
        try (FileChannel channel = RegularFile.open(file)) {
            return read(channel, channel.size(), limits, file.toString());
        }
    }

    /** Reads {@code size} bytes; a channel that ends before, as that of a file that was cut meanwhile, is refused. */
    static StateDict read(ReadableByteChannel channel, long size, Limits limits, String where) throws IOException {
        if (size < Long.BYTES) {
            throw new WeightsException(where + ": a safetensors file has at least 8 bytes, found " + size);
        }
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Chunks.read(channel, length, where);
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

    private static StateDict load(ReadableByteChannel channel, Header header, long dataBytes, String where)
            throws IOException {
        return StateDict.load(header.metadata(), List.of(), arena -> {
            MemorySegment data = arena.allocate(Math.max(1, dataBytes), 64).asSlice(0, dataBytes);
            Chunks.read(channel, data, where);
            return header.entries().stream()
                    .map(e -> new NamedTensor(
                            e.name(), e.type(), data.asSlice(e.begin(), e.type().bytes())))
                    .toList();
        });
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
        Chunks.write(start.flip(), out);
        for (NamedTensor t : sorted) {
            Chunks.write(t.data(), out);
        }
    }
}
