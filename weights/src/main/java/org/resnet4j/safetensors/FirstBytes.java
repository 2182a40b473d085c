package org.resnet4j.safetensors;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** The next so many bytes of another channel, which stays open and stands right behind them when all are read. */
final class FirstBytes implements ReadableByteChannel {
    private final ReadableByteChannel channel;
    private final String where;
    private long left;

    FirstBytes(ReadableByteChannel channel, long bytes, String where) {
        this.channel = channel;
        this.left = bytes;
        this.where = where;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (left == 0) {
            return -1;
        }
        int limit = into.limit();
        into.limit((int) Math.min(limit, into.position() + left));
        try {
            int n = channel.read(into);
            if (n < 0) {
                throw new EOFException(where + ": the file ended while it was read; was it truncated?");
            }
            left -= n;
            return n;
        } finally {
            into.limit(limit);
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() {
        // the data behind these bytes is read next
    }
}
