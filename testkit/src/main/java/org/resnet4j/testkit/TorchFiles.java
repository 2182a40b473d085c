package org.resnet4j.testkit;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Puts pickles and storages together as {@code torch.save} does, in both of its layouts. Stateless. */
public final class TorchFiles {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

    private TorchFiles() {}

    /** The zip layout, named {@code archive}. */
    public static byte[] zip(byte[] pickle, Map<String, byte[]> storages) {
        return writer(pickle, storages).toBytes();
    }

    /** The zip layout before its directory, to add to. */
    public static ZipWriter writer(byte[] pickle, Map<String, byte[]> storages) {
        ZipWriter zip = new ZipWriter()
                .stored("archive/data.pkl", pickle)
                .stored("archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        storages.forEach((key, data) -> zip.stored("archive/data/" + key, data));
        return zip.stored("archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** The legacy layout up to the pickle of the object. */
    public static byte[] legacyStart() {
        return new PickleWriter()
                .raw(PickleWriter.protocol2().integer(MAGIC).stop().toBytes())
                .raw(PickleWriter.protocol2().integer(1001).stop().toBytes())
                .raw(PickleWriter.protocol2()
                        .op('}', '(')
                        .text("protocol_version")
                        .integer(1001)
                        .text("little_endian")
                        .bool(true)
                        .op('u')
                        .stop()
                        .toBytes())
                .toBytes();
    }

    /** The legacy layout; the storages follow in the order of {@code keys}, with elements of {@code elementBytes} bytes. */
    public static byte[] legacy(byte[] pickle, List<String> keys, Map<String, byte[]> storages, int elementBytes) {
        PickleWriter list = PickleWriter.protocol2().op(']', '(');
        keys.forEach(list::text);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(legacyStart());
        out.writeBytes(pickle);
        out.writeBytes(list.op('e').stop().toBytes());
        for (String key : keys) {
            byte[] data = storages.getOrDefault(key, new byte[0]);
            out.writeBytes(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(data.length / elementBytes)
                    .array());
            out.writeBytes(data);
        }
        return out.toByteArray();
    }

    /** Floats as the bytes of a storage. */
    public static byte[] floats(float... values) {
        ByteBuffer b = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float v : values) {
            b.putFloat(v);
        }
        return b.array();
    }
}
