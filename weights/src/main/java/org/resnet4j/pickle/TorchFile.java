package org.resnet4j.pickle;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensor.DType;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.ShapeException;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.RegularFile;
import org.resnet4j.weights.StateDict;
import org.resnet4j.weights.WeightsException;

/**
 * Reads what {@code torch.save} writes: {@code .pth}, {@code .pt}, {@code .th}, {@code .pth.tar}, in the zip layout of PyTorch
 * 1.6 and later and in the legacy stream before it. Tensors come out dense and row-major; those that share a storage share
 * memory where the storage is already so. Stateless. Source: {@code torch/serialization.py}.
 */
public final class TorchFile {
    /** First value of a legacy file. */
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

    private static final long LEGACY_PROTOCOL = 1001;
    private static final String PICKLE = "/data.pkl";

    private final String where;
    private final Limits limits;

    private TorchFile(String where, Limits limits) {
        this.where = where;
        this.limits = limits;
    }

    /** Reads the weights of a file; of a checkpoint the dictionary that the usual names lead to. */
    public static StateDict read(Path file, Limits limits) throws IOException {
        return read(file, limits, null);
    }

    /**
     * Reads the weights of a file.
     *
     * @param entry name of the checkpoint's dictionary to open, such as {@code state_dict}; null to look for the usual names, a
     *     moving average first
     * @throws PickleException if the file asks for anything that is not on the list of {@link Allowed}
     * @throws WeightsException if it is broken or passes a limit
     */
    public static StateDict read(Path file, Limits limits, @Nullable String entry) throws IOException {
        TorchFile reader = new TorchFile(file.toString(), limits);
        try (FileChannel channel = RegularFile.open(file)) {
            ByteBuffer start = ByteBuffer.allocate(2);
            channel.read(start, 0);
            boolean zip = start.get(0) == 'P' && start.get(1) == 'K';
            return zip ? reader.zip(channel, entry) : reader.legacy(channel, entry);
        }
    }

    private StateDict zip(FileChannel channel, @Nullable String entry) throws IOException {
        ZipArchive zip = ZipArchive.open(channel, where, limits);
        List<String> pickles = zip.names().stream()
                .filter(n -> n.indexOf('/') == n.length() - PICKLE.length() && n.endsWith(PICKLE))
                .toList();
        if (pickles.size() != 1) {
            throw new WeightsException(where + ": a file of torch.save has one entry <name>/data.pkl, found "
                    + pickles.size() + " in a zip archive of " + zip.names().size() + " entries");
        }
        String prefix = pickles.getFirst().substring(0, pickles.getFirst().length() - PICKLE.length() + 1);
        if (zip.names().contains(prefix + "constants.pkl")) {
            throw new PickleException(
                    where + ": this is TorchScript, a program (torch.jit.save), of which nothing is read;"
                            + " save the module's state_dict() instead: torch.save(module.state_dict(), file)");
        }
        Object root;
        try (Arena arena = Arena.ofConfined()) {
            requireLittleEndian(zip, prefix, arena);
            ZipArchive.Entry pickle = zip.get(prefix + "data.pkl");
            requireSmall(pickle.size());
            MemorySegment bytes = zip.read(pickle, arena);
            PickleInput in = input(ZipArchive.stream(bytes), where + ": " + prefix + "data.pkl", bytes.byteSize());
            root = PickleMachine.run(in, limits);
            if (in.position() != bytes.byteSize()) {
                throw in.refuse((bytes.byteSize() - in.position()) + " bytes follow its STOP");
            }
        }
        return load(Choice.of(root, entry, where), new ZipStorages(zip, prefix, where), channel.size());
    }

    private void requireLittleEndian(ZipArchive zip, String prefix, Arena arena) throws IOException {
        if (zip.names().contains(prefix + "byteorder")) {
            ZipArchive.Entry entry = zip.get(prefix + "byteorder");
            requireSmall(entry.size());
            String order =
                    new String(ZipArchive.stream(zip.read(entry, arena)).readNBytes(16), StandardCharsets.ISO_8859_1);
            if (!order.equals("little")) {
                throw new WeightsException(
                        where + ": its byte order must be little, found " + PickleInput.quote(order));
            }
        }
    }

    private void requireSmall(long bytes) throws WeightsException {
        if (bytes > limits.headerBytes()) {
            throw new WeightsException(where + ": at most " + limits.headerBytes()
                    + " bytes of pickle are read (Limits.headerBytes), found " + bytes);
        }
    }

    private PickleInput input(InputStream in, String what, long bytes) {
        return new PickleInput(
                in, what, bytes, Math.min(Math.max(4096, limits.headerBytes() / 4), Integer.MAX_VALUE - 8));
    }

    private StateDict legacy(FileChannel channel, @Nullable String entry) throws IOException {
        channel.position(0);
        long most = Math.min(channel.size(), limits.headerBytes());
        PickleInput in = input(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16), where, most);
        if (!MAGIC.equals(PickleMachine.run(in, limits))) {
            throw in.refuse("it begins as a pickle, but not with torch.save's magic number; pickles of other programs"
                    + " are not read");
        }
        Object protocol = PickleMachine.run(in, limits);
        if (!(protocol instanceof Long p) || p != LEGACY_PROTOCOL) {
            throw in.refuse("the legacy layout has version " + LEGACY_PROTOCOL + ", found " + Value.describe(protocol));
        }
        if (!(PickleMachine.run(in, limits) instanceof Value.Dict system)
                || !Boolean.TRUE.equals(system.entries.get("little_endian"))) {
            throw in.refuse("it must say that it is little-endian");
        }
        Map<String, Value.Storage> referred = new HashMap<>();
        Object root = PickleMachine.run(in, limits, referred);
        if (!(PickleMachine.run(in, limits) instanceof Value.Sequence keys)) {
            throw in.refuse("a list of storages must follow the pickle");
        }
        Choice choice = Choice.of(root, entry, where);
        Storages storages = StreamStorages.index(channel, where, in.position(), keys.items, referred);
        return load(choice, storages, channel.size());
    }

    private StateDict load(Choice choice, Storages storages, long fileBytes) throws IOException {
        if (choice.tensors().size() > limits.tensors()) {
            throw new WeightsException(
                    where + ": at most " + limits.tensors() + " tensors are read (Limits.tensors), found "
                            + choice.tensors().size());
        }
        return StateDict.load(choice.metadata(), choice.notes(), arena -> tensors(choice, storages, fileBytes, arena));
    }

    private List<NamedTensor> tensors(Choice choice, Storages storages, long fileBytes, Arena arena)
            throws IOException {
        Map<String, MemorySegment> loaded = new HashMap<>();
        List<NamedTensor> tensors = new ArrayList<>();
        long budget = limits.totalBytes();
        // Strided tensors are copied out of their storage; however many share one, the copies stay in proportion.
        long copies = Math.multiplyExact(4, fileBytes);
        for (Map.Entry<String, Value.Tensor> e : choice.tensors().entrySet()) {
            Value.Tensor t = e.getValue();
            TensorType type = type(e.getKey(), t);
            MemorySegment storage = loaded.get(t.storage.key());
            if (storage == null) {
                budget -= t.storage.elements() * t.storage.type().storedBytes();
                requireBudget(budget);
                storage = storages.read(t.storage, arena);
                loaded.put(t.storage.key(), storage);
            }
            MemorySegment data;
            if (Dense.isPlain(t)) {
                data = Dense.slice(t, storage, type.bytes());
            } else {
                budget -= type.bytes();
                copies -= type.bytes();
                requireBudget(Math.min(budget, copies));
                data = Dense.gather(t, storage, type.dtype(), type.bytes(), arena);
            }
            tensors.add(new NamedTensor(e.getKey(), type, data));
        }
        return tensors;
    }

    private void requireBudget(long left) throws WeightsException {
        if (left < 0) {
            throw new WeightsException(where + ": at most " + limits.totalBytes()
                    + " bytes of data are read (Limits.totalBytes), and four times the file for tensors that overlap");
        }
    }

    private TensorType type(String name, Value.Tensor t) throws WeightsException {
        DType dtype = t.storage.type().dtype().orElseThrow();
        try {
            return new TensorType(dtype, Shape.of(t.size));
        } catch (ShapeException e) {
            throw new WeightsException(where + ": " + PickleInput.quote(name) + ": " + e.getMessage(), e);
        }
    }
}
