package org.resnet4j.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The machine's disk without waiting for it; before each operation {@link #before} may fail. Counts them. */
class UnforcedDisk implements Disk {
    int operations;

    /** Called first; what it throws is the operation's outcome. */
    void before(String operation, Path path) throws IOException {
        operations++;
    }

    /** How many of these bytes can be written now; called before each write. */
    int room(Path file, int bytes) throws IOException {
        before("write", file);
        return bytes;
    }

    /** Called with what was written. */
    void wrote(Path file, ByteBuffer bytes) {}

    /** Called when a file was forced. */
    void forced(Path file) {}

    @Override
    public void createFolder(Path folder) throws IOException {
        before("create folder", folder);
        Disk.SYSTEM.createFolder(folder);
    }

    @Override
    public Out create(Path file) throws IOException {
        before("create", file);
        Out out = Disk.SYSTEM.create(file);
        return new Out() {
            @Override
            public int write(ByteBuffer from) throws IOException {
                int room = room(file, from.remaining());
                ByteBuffer part = from.slice(from.position(), room);
                wrote(file, part.duplicate());
                from.position(from.position() + out.write(part));
                return room;
            }

            @Override
            public void force() throws IOException {
                before("force", file);
                forced(file);
            }

            @Override
            public boolean isOpen() {
                return out.isOpen();
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        before("rename", from);
        Disk.SYSTEM.rename(from, to);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        before("force folder", folder);
    }

    @Override
    public void delete(Path path) throws IOException {
        before("delete", path);
        Disk.SYSTEM.delete(path);
    }
}
