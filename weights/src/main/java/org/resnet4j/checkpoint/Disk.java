package org.resnet4j.checkpoint;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The operations that writing files is made of: each is one at which the disk may be full or the power may go, so tests put
 * another in this one's place. What is read afterwards is read as usual.
 */
interface Disk {
    /** The machine's. */
    Disk SYSTEM = new Machine();

    /** A file being written. */
    interface Out extends WritableByteChannel {
        /** Returns when all that was written is durable. */
        void force() throws IOException;
    }

    /** Makes a folder; fails if there is anything of that name. */
    void createFolder(Path folder) throws IOException;

    /** Makes a file; fails if there is anything of that name, a link that leads elsewhere among it. */
    Out create(Path file) throws IOException;

    /** Gives a file or a folder another name in the same folder, in one step; a file in its place is replaced. */
    void rename(Path from, Path to) throws IOException;

    /** Returns when the names in a folder are durable. */
    void forceFolder(Path folder) throws IOException;

    /** Removes a file, an empty folder or a link, if it is there. */
    void delete(Path path) throws IOException;

    /** The file system of the machine. */
    final class Machine implements Disk {
        private record Channel(FileChannel channel) implements Out {
            @Override
            public int write(ByteBuffer from) throws IOException {
                return channel.write(from);
            }

            @Override
            public void force() throws IOException {
                channel.force(true);
            }

            @Override
            public boolean isOpen() {
                return channel.isOpen();
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        }

        private Machine() {}

        @Override
        public void createFolder(Path folder) throws IOException {
            Files.createDirectory(folder);
        }

        @Override
        public Out create(Path file) throws IOException {
            return new Channel(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void forceFolder(Path folder) throws IOException {
            if (File.separatorChar == '\\') {
                return; // Windows cannot open a folder
            }
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }

        @Override
        public void delete(Path path) throws IOException {
            Files.deleteIfExists(path);
        }
    }
}
