package org.resnet4j.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The right to write to a folder, of a run or of what is fetched: held by one process at a time, given back at close or when the
 * process dies. Any thread may close it.
 */
public final class RunLock implements AutoCloseable {
    private final FileChannel channel;
    private final FileLock lock;

    private RunLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the lock of the folder, making the folder if need be.
     *
     * @throws CheckpointException if another process, or this one, holds it
     */
    public static RunLock acquire(Path run) throws IOException {
        AtomicFile.createFolders(Disk.SYSTEM, run);
        FileChannel channel =
                FileChannel.open(run.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = tryLock(channel);
            if (lock == null) {
                throw new CheckpointException(
                        run + ": another process is writing to this folder; wait for it or choose another");
            }
            return new RunLock(channel, lock);
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // this very process holds it
        }
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            // The system frees the lock with the process at the latest; there is nothing else to do.
            System.getLogger(RunLock.class.getName())
                    .log(System.Logger.Level.WARNING, "a run's lock was not released", e);
        }
    }
}
