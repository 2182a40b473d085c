package org.resnet4j.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes zip archives record by record, so that each field can be made wrong: nothing is checked. Without changes the archive
 * is sound, with sizes in the local headers. Not for use by two threads.
 */
public final class ZipWriter {
    /**
     * What both headers of an entry say.
     *
     * @param flags general purpose flags: 1 for encrypted, 8 for sizes behind the data
     * @param method 0 for stored, 8 for deflated
     * @param packed bytes in the archive
     * @param size bytes when unpacked
     * @param attributes external ones; a symbolic link has 0xa000 in the upper half
     */
    public record Fields(String name, int flags, int method, int crc, long packed, long size, long attributes) {
        /** The same with another name. */
        public Fields withName(String other) {
            return new Fields(other, flags, method, crc, packed, size, attributes);
        }

        /** The same with other flags. */
        public Fields withFlags(int other) {
            return new Fields(name, other, method, crc, packed, size, attributes);
        }

        /** The same with another method. */
        public Fields withMethod(int other) {
            return new Fields(name, flags, other, crc, packed, size, attributes);
        }

        /** The same with another checksum. */
        public Fields withCrc(int other) {
            return new Fields(name, flags, method, other, packed, size, attributes);
        }

        /** The same with other sizes. */
        public Fields withSizes(long otherPacked, long otherSize) {
            return new Fields(name, flags, method, crc, otherPacked, otherSize, attributes);
        }

        /** The same with other external attributes. */
        public Fields withAttributes(long other) {
            return new Fields(name, flags, method, crc, packed, size, other);
        }
    }

    private record Written(Fields fields, long begin) {}

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<Written> directory = new ArrayList<>();

    /** An archive without entries. */
    public ZipWriter() {}

    /** Adds a stored entry. */
    public ZipWriter stored(String name, byte[] data) {
        return stored(name, data, f -> f, f -> f);
    }

    /** Adds a stored entry whose local header and directory entry are changed. */
    public ZipWriter stored(String name, byte[] data, UnaryOperator<Fields> local, UnaryOperator<Fields> central) {
        return add(new Fields(name, 0, 0, crc(data), data.length, data.length, 0), data, local, central);
    }

    /** Adds a deflated entry whose local header and directory entry are changed. */
    public ZipWriter deflated(String name, byte[] data, UnaryOperator<Fields> local, UnaryOperator<Fields> central) {
        try (Deflater deflater = new Deflater(9, true)) {
            deflater.setInput(data);
            deflater.finish();
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 16];
            while (!deflater.finished()) {
                packed.write(buffer, 0, deflater.deflate(buffer));
            }
            Fields fields = new Fields(name, 0, 8, crc(data), packed.size(), data.length, 0);
            return add(fields, packed.toByteArray(), local, central);
        }
    }

    private ZipWriter add(Fields fields, byte[] data, UnaryOperator<Fields> local, UnaryOperator<Fields> central) {
        long begin = out.size();
        Fields l = local.apply(fields);
        byte[] name = l.name().getBytes(StandardCharsets.UTF_8);
        out.writeBytes(record(30)
                .putInt(0x04034b50)
                .putShort((short) 20)
                .putShort((short) l.flags())
                .putShort((short) l.method())
                .putInt(0)
                .putInt(l.crc())
                .putInt((int) l.packed())
                .putInt((int) l.size())
                .putShort((short) name.length)
                .putShort((short) 0)
                .array());
        out.writeBytes(name);
        out.writeBytes(data);
        directory.add(new Written(central.apply(fields), begin));
        return this;
    }

    /** Adds a directory entry for the bytes of an entry that is there already. */
    public ZipWriter again(int entry, UnaryOperator<Fields> central) {
        Written first = directory.get(entry);
        directory.add(new Written(central.apply(first.fields()), first.begin()));
        return this;
    }

    /** Writes the directory and gives the archive. */
    public byte[] toBytes() {
        int begin = out.size();
        for (Written w : directory) {
            Fields f = w.fields();
            byte[] name = f.name().getBytes(StandardCharsets.UTF_8);
            out.writeBytes(record(46)
                    .putInt(0x02014b50)
                    .putShort((short) 20)
                    .putShort((short) 20)
                    .putShort((short) f.flags())
                    .putShort((short) f.method())
                    .putInt(0)
                    .putInt(f.crc())
                    .putInt((int) f.packed())
                    .putInt((int) f.size())
                    .putShort((short) name.length)
                    .putInt(0)
                    .putInt(0)
                    .putInt((int) f.attributes())
                    .putInt((int) w.begin())
                    .array());
            out.writeBytes(name);
        }
        int end = out.size();
        out.writeBytes(record(22)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort((short) directory.size())
                .putShort((short) directory.size())
                .putInt(end - begin)
                .putInt(begin)
                .putShort((short) 0)
                .array());
        return out.toByteArray();
    }

    private static ByteBuffer record(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int crc(byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(data);
        return (int) crc.getValue();
    }
}
