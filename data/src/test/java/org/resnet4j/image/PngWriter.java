package org.resnet4j.image;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes PNG files chunk by chunk, so that a test knows every sample whatever the depth and colour type.
 *
 * @param width in pixels
 * @param depth bits a sample
 * @param colourType 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha
 */
record PngWriter(int width, int depth, int colourType) {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};

    /** A file whose packed rows are {@code rows}, with a palette and its transparency where they are not empty. */
    byte[] write(byte[] palette, byte[] transparency, byte[]... rows) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(SIGNATURE);
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(header)) {
            out.writeInt(width);
            out.writeInt(rows.length);
            out.write(new byte[] {(byte) depth, (byte) colourType, 0, 0, 0});
        }
        chunk(file, "IHDR", header.toByteArray());
        if (palette.length > 0) {
            chunk(file, "PLTE", palette);
        }
        if (transparency.length > 0) {
            chunk(file, "tRNS", transparency);
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
            for (byte[] row : rows) {
                out.write(0); // no filter
                out.write(row);
            }
        }
        chunk(file, "IDAT", packed.toByteArray());
        chunk(file, "IEND", new byte[0]);
        return file.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream file, String type, byte[] content) throws IOException {
        DataOutputStream out = new DataOutputStream(file);
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        out.writeInt(content.length);
        out.write(name);
        out.write(content);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(content);
        out.writeInt((int) crc.getValue());
    }
}
