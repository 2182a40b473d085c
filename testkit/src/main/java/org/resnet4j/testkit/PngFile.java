package org.resnet4j.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes PNG files, sound and unsound ones, chunk by chunk. W3C, PNG. For one thread. */
public final class PngFile {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private PngFile() {}

    /** A file with its signature and its first chunk; not interlaced. */
    public static PngFile begin(int width, int height, int depth, int type) {
        return signature().header(width, height, depth, type, 0);
    }

    /** A file with its signature only. */
    public static PngFile signature() {
        return new PngFile().raw(0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n');
    }

    /** A chunk IHDR. */
    public PngFile header(int width, int height, int depth, int type, int interlace) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        u32(header, width);
        u32(header, height);
        header.writeBytes(new byte[] {(byte) depth, (byte) type, 0, 0, (byte) interlace});
        return chunk("IHDR", header.toByteArray());
    }

    /** Any bytes. */
    public PngFile raw(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    /** Any chunk with the right length and checksum. */
    public PngFile chunk(String type, byte... data) {
        byte[] letters = type.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 crc = new CRC32();
        crc.update(letters);
        crc.update(data);
        u32(out, data.length);
        out.writeBytes(letters);
        out.writeBytes(data);
        u32(out, (int) crc.getValue());
        return this;
    }

    /** A chunk IDAT with these rows, each after its filter's number, deflated. */
    public PngFile rows(byte... rows) {
        return chunk("IDAT", deflate(rows));
    }

    /** Bytes as zlib packs them best. */
    public static byte[] deflate(byte... bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (Deflater deflater = new Deflater(9)) {
            deflater.setInput(bytes);
            deflater.finish();
            byte[] part = new byte[8192];
            while (!deflater.finished()) {
                packed.write(part, 0, deflater.deflate(part));
            }
        }
        return packed.toByteArray();
    }

    private static void u32(ByteArrayOutputStream to, int value) {
        to.write(value >> 24);
        to.write(value >> 16);
        to.write(value >> 8);
        to.write(value);
    }

    /** The file, ended as it should. */
    public byte[] end() {
        return chunk("IEND").toBytes();
    }

    /** The file so far. */
    public byte[] toBytes() {
        return out.toByteArray();
    }
}
