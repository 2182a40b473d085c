package org.resnet4j.image;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Bytes and a few zeros behind them, for a reader that looks ahead; who reads on is told that the file is truncated, by another
 * exception than the one that such a reader takes for the end of its looking ahead. For one thread.
 */
final class PaddedInput extends ImageInputStreamImpl {
    private static final int ZEROS = 16;

    private final byte[] bytes;

    PaddedInput(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        if (streamPos >= (long) bytes.length + ZEROS) {
            throw new IOException("the file ends before its picture does");
        }
        int value = streamPos < bytes.length ? bytes[(int) streamPos] & 0xff : 0;
        streamPos++;
        return value;
    }

    @Override
    public int read(byte[] to, int offset, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            to[offset + i] = (byte) read();
        }
        return count;
    }

    @Override
    public long length() {
        return bytes.length;
    }
}
