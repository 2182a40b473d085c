package org.resnet4j.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk whose power fails before a chosen operation, and which knows what of its content was made durable until then: the bytes
 * of a file by forcing it, a name by forcing its folder. What was not may be there or not, each by itself. After Pillai et al.,
 * OSDI 2014.
 */
final class PowerDisk extends UnforcedDisk {
    /** The power failed; nothing can be done any more, cleaning up neither. */
    static final class PowerLoss extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** What becomes of that which was not made durable. */
    enum Unforced {
        /** It is there: the process was killed, the machine goes on. */
        KEPT,
        /** It is gone. */
        DROPPED,
        /** By lot for every change of a name; of a file's bytes the first few are there, then zeros. */
        BY_LOT
    }

    /** A change of names in a folder. */
    private interface Change {
        void applyTo(Map<String, Node> names);
    }

    private static final class Node {
        final boolean folder;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int durableBytes;
        final Map<String, Node> names = new TreeMap<>();
        final Map<String, Node> durableNames = new TreeMap<>();
        final List<Change> pending = new ArrayList<>();

        Node(boolean folder) {
            this.folder = folder;
        }

        void change(Change change) {
            change.applyTo(names);
            pending.add(change);
        }

        Node child(String name) {
            Node child = names.get(name);
            if (child == null) {
                throw new IllegalStateException("no " + name + " among " + names.keySet());
            }
            return child;
        }
    }

    private final Path root;
    private final Node top = new Node(true);
    private final int failAt;

    /** A disk that is empty at {@code root}, and fails before the operation of this number, from 0. */
    PowerDisk(Path root, int failAt) {
        this.root = root;
        this.failAt = failAt;
    }

    @Override
    void before(String operation, Path path) {
        if (operations >= failAt) {
            throw new PowerLoss();
        }
        operations++;
    }

    private Node node(@Nullable Path path) {
        Node node = top;
        for (Path name : root.relativize(java.util.Objects.requireNonNull(path))) {
            if (!name.toString().isEmpty()) {
                node = node.child(name.toString());
            }
        }
        return node;
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    private void put(Path path, Node node) {
        String name = name(path);
        node(path.getParent()).change(names -> names.put(name, node));
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        super.createFolder(folder);
        put(folder, new Node(true));
    }

    @Override
    public Out create(Path file) throws IOException {
        Out out = super.create(file);
        put(file, new Node(false));
        return out;
    }

    @Override
    void wrote(Path file, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        node(file).bytes.writeBytes(copy);
    }

    @Override
    void forced(Path file) {
        node(file).durableBytes = node(file).bytes.size();
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Node moved = node(from);
        super.rename(from, to);
        node(from.getParent()).change(names -> {
            names.remove(name(from));
            names.put(name(to), moved);
        });
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        super.forceFolder(folder);
        Node node = node(folder);
        node.durableNames.clear();
        node.durableNames.putAll(node.names);
        node.pending.clear();
    }

    @Override
    public void delete(Path path) throws IOException {
        boolean there = Files.exists(path);
        super.delete(path);
        if (there) {
            node(path.getParent()).change(names -> names.remove(name(path)));
        }
    }

    /** Lays out what is found when the power is back, in an empty folder. */
    void layOut(Path folder, Unforced unforced, SplittableRandom random) throws IOException {
        layOut(top, folder, unforced, random);
    }

    private static void layOut(Node node, Path at, Unforced unforced, SplittableRandom random) throws IOException {
        if (!node.folder) {
            Files.write(at, content(node, unforced, random));
            return;
        }
        Files.createDirectories(at);
        Map<String, Node> names = new TreeMap<>(node.durableNames);
        for (Change change : node.pending) {
            boolean there = switch (unforced) {
                case KEPT -> true;
                case DROPPED -> false;
                case BY_LOT -> random.nextBoolean();
            };
            if (there) {
                change.applyTo(names);
            }
        }
        for (Map.Entry<String, Node> e : names.entrySet()) {
            layOut(e.getValue(), at.resolve(e.getKey()), unforced, random);
        }
    }

    private static byte[] content(Node file, Unforced unforced, SplittableRandom random) {
        byte[] all = file.bytes.toByteArray();
        int kept = switch (unforced) {
            case KEPT -> all.length;
            case DROPPED -> file.durableBytes;
            case BY_LOT -> random.nextInt(file.durableBytes, all.length + 1);
        };
        int length = unforced == Unforced.BY_LOT ? random.nextInt(kept, all.length + 1) : kept;
        byte[] found = new byte[length];
        System.arraycopy(all, 0, found, 0, kept);
        return found;
    }
}
