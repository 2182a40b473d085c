package org.resnet4j.tfjs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;
import org.resnet4j.weights.Chunks;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.RegularFile;
import org.resnet4j.weights.WeightsException;

/**
 * A group of the manifest: files whose bytes, one after the other, are the weights' numbers.
 *
 * @param paths names of files beside {@code model.json}
 * @param weights in the order of their bytes
 * @param bytes of all files together
 */
record Shards(List<String> paths, List<Weight> weights, long bytes, String where) {
    static List<Shards> parse(@Nullable Object manifest, Limits limits, String where) throws IOException {
        List<Shards> groups = new ArrayList<>();
        int tensors = 0;
        long total = 0;
        for (Object entry : list(manifest, "weightsManifest")) {
            Map<String, @Nullable Object> group = Json.object(entry, "a group of weightsManifest");
            List<String> paths = new ArrayList<>();
            for (Object path : list(group.get("paths"), "paths")) {
                paths.add(name(path));
            }
            List<Weight> weights = new ArrayList<>();
            long bytes = 0;
            for (Object weight : list(group.get("weights"), "weights")) {
                if (++tensors > limits.tensors()) {
                    throw new WeightsException(
                            where + ": at most " + limits.tensors() + " tensors are read (Limits.tensors)");
                }
                Weight w = Weight.parse(Json.object(weight, "a weight"), limits, where);
                weights.add(w);
                bytes = plus(bytes, w.storedBytes(), limits, where);
                total = plus(total, w.type().bytes(), limits, where);
            }
            groups.add(new Shards(paths, weights, bytes, where));
        }
        return groups;
    }

    private static long plus(long sum, long more, Limits limits, String where) throws WeightsException {
        if (more > limits.totalBytes() - sum) {
            throw new WeightsException(
                    where + ": at most " + limits.totalBytes() + " bytes of data are read (Limits.totalBytes)");
        }
        return sum + more;
    }

    private static List<?> list(@Nullable Object value, String what) throws JsonException {
        if (value instanceof List<?> l) {
            return l;
        }
        throw new JsonException(what + " must be a list");
    }

    /** Only a plain name: no folder, no way up, no other device. */
    private static String name(@Nullable Object path) throws JsonException {
        if (path instanceof String s && s.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,250}")) {
            return s;
        }
        throw new JsonException("a shard must be a plain file name in the folder of model.json, found " + path);
    }

    /** Reads the files, which must have exactly the bytes that the weights need, and gives the tensors in {@code arena}. */
    List<NamedTensor> load(List<Path> files, Arena arena) throws IOException {
        long found = 0;
        for (Path file : files) {
            found = Math.addExact(found, Files.size(file));
        }
        if (found != bytes) {
            throw new WeightsException(where + ": its weights need " + bytes + " bytes, the " + files.size()
                    + " shards have " + found + "; is one missing or cut off?");
        }
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment data = temporary.allocate(Math.max(1, bytes), 64);
            long at = 0;
            for (Path file : files) {
                at = read(file, data, at);
            }
            List<NamedTensor> tensors = new ArrayList<>();
            at = 0;
            for (Weight w : weights) {
                tensors.add(w.tensor(data.asSlice(at, w.storedBytes()), arena));
                at += w.storedBytes();
            }
            return tensors;
        }
    }

    private long read(Path file, MemorySegment data, long from) throws IOException {
        try (FileChannel channel = RegularFile.open(file)) {
            long size = Math.min(channel.size(), bytes - from);
            Chunks.read(channel, data.asSlice(from, size), file.toString());
            return from + size;
        }
    }
}
