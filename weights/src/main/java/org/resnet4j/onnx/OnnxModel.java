package org.resnet4j.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.resnet4j.graph.Graph;
import org.resnet4j.weights.Chunks;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.RegularFile;
import org.resnet4j.weights.WeightsException;

/**
 * A network read from an ONNX file: an inference graph and its tensors. Owns the memory of the tensors; close it. Safe for reading by
 * many threads.
 *
 * <p>The graph has one input, {@code input} f32[N, C, H, W]: a batch size that the file fixes is read as any. Values and parameters
 * keep the file's names, which are torchvision's for files of this program and for those of PyTorch with batch norm kept. What is
 * read: convolutions, batch norm, ReLU, additions, pooling, linear layers, gates of highways and channels, the padding of option A
 * and softmax, of versions 7 to 28 of ONNX's own operations. Source: {@code onnx.proto} and the operator pages of the ONNX project.
 */
public final class OnnxModel implements AutoCloseable {
    /** A field costs at most a few dozen bytes here; ResNet-1202 has about 150,000. */
    private static final int MAX_FIELDS = 500_000;

    /** Brings a file's bytes into memory. */
    private interface Source {
        MemorySegment load(Arena arena) throws IOException;
    }

    private final Arena arena = Arena.ofShared();
    private final Graph graph;
    private final List<NamedTensor> tensors;
    private final Map<String, String> metadata;

    private OnnxModel(Source source, Limits limits, String where) throws IOException {
        try {
            MemorySegment bytes = source.load(arena);
            WireReader in = new WireReader(bytes, new WireReader.Budget(MAX_FIELDS), where);
            Onnx.ModelProto model = OnnxReader.read(in, limits, arena);
            Importer.Result made = Importer.read(model, arena, bytes.byteSize(), where);
            graph = made.graph();
            tensors = made.tensors();
            metadata = Map.copyOf(model.metadata());
        } catch (IOException | RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** Reads a file with the default limits. */
    public static OnnxModel read(Path file) throws IOException {
        return read(file, Limits.DEFAULT);
    }

    /**
     * Reads a file.
     *
     * @throws WeightsException if it is no sound ONNX file within the limits, or has what cannot be imported: one message that
     *     lists all nodes
     */
    public static OnnxModel read(Path file, Limits limits) throws IOException {
        String where = file.toString();
        try (FileChannel channel = RegularFile.open(file)) {
            return new OnnxModel(arena -> load(channel, limits, arena, where), limits, where);
        }
    }

    /** Reads a file that is in memory, which must outlive the model. */
    static OnnxModel read(byte[] bytes, Limits limits, String where) throws IOException {
        return new OnnxModel(_ -> MemorySegment.ofArray(bytes), limits, where);
    }

    private static MemorySegment load(FileChannel channel, Limits limits, Arena arena, String where)
            throws IOException {
        long size = channel.size();
        long most = Math.min(limits.totalBytes(), Integer.MAX_VALUE);
        if (size < 1 || size > most) {
            throw new WeightsException(where + ": an ONNX file has 1 to " + most + " bytes, found " + size
                    + "; larger networks keep their data in other files, which are not read");
        }
        MemorySegment bytes = arena.allocate(size, 64);
        Chunks.read(channel, bytes, where);
        return bytes;
    }

    /** The network, verified, for {@code Phase.INFERENCE}. */
    public Graph graph() {
        return graph;
    }

    /** A tensor for each parameter of the graph, of its name and shape. */
    public List<NamedTensor> tensors() {
        return tensors;
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
}
