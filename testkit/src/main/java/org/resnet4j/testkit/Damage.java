package org.resnet4j.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What disks do to files. Stateless. */
public final class Damage {
    private Damage() {}

    /** Turns one bit of a file over, counted from its first byte's lowest; once more, and it is whole again. */
    public static void flipBit(Path file, long bit) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            if (bit < 0 || channel.read(one, bit / Byte.SIZE) != 1) {
                throw new IllegalArgumentException(file + " has no bit " + bit);
            }
            one.put(0, (byte) (one.get(0) ^ (1 << (bit % Byte.SIZE)))).flip();
            channel.write(one, bit / Byte.SIZE);
        }
    }

    /** Cuts a file to its first bytes. */
    public static void truncate(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }
}
