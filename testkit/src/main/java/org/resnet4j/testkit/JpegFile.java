package org.resnet4j.testkit;

import java.io.ByteArrayOutputStream;

/**
 * Writes JPEG files, sound and unsound ones, segment by segment. Each block of 8 x 8 pixels has one value a component, coded
 * without loss, so what a decoder must show is known exactly. ITU T.81. For one thread.
 */
public final class JpegFile {
    private static final int DQT = 0xdb;
    private static final int DHT = 0xc4;
    private static final int SOS = 0xda;
    private static final int STEP = 8; // a step of 8 makes a block's DC coefficient its value minus 128

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** The value of a component, 0 to 255, in a block. */
    @FunctionalInterface
    public interface Blocks {
        /** The value at this column and row of blocks. */
        int value(int component, int column, int row);
    }

    /** A component of a frame. */
    public record Component(int id, int across, int down) {
        /** Components without subsampling. */
        public static Component[] of(int... ids) {
            Component[] components = new Component[ids.length];
            for (int i = 0; i < ids.length; i++) {
                components[i] = new Component(ids[i], 1, 1);
            }
            return components;
        }
    }

    private JpegFile() {}

    /** A file that begins as it should. */
    public static JpegFile begin() {
        return new JpegFile().raw(0xff, 0xd8);
    }

    /** A sound baseline picture without any metadata, its components numbered so. */
    public static byte[] picture(int width, int height, Blocks blocks, int... ids) {
        return begin().picture(0xc0, width, height, blocks, ids).end();
    }

    /** Tables, frame and scans of a picture; {@code kind} is the frame's marker, 0xc0 or, of 1 + ids scans, 0xc2. */
    public JpegFile picture(int kind, int width, int height, Blocks blocks, int... ids) {
        tables().frame(kind, 8, width, height, Component.of(ids));
        scan(kind == 0xc2 ? 0 : 63, entropy(kind, width, height, blocks, ids.length), ids);
        if (kind == 0xc2) {
            // The other coefficients are zero; as long as they are unknown, decoders smooth.
            Bits ends = new Bits();
            ends.put(0, Math.ceilDiv(width, 8) * Math.ceilDiv(height, 8));
            byte[] entropy = ends.finish();
            for (int id : ids) {
                scan(1, 63, entropy, id);
            }
        }
        return this;
    }

    /** Any bytes. */
    public JpegFile raw(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    /** Any segment with the right length. */
    public JpegFile segment(int marker, byte... payload) {
        int length = payload.length + 2;
        raw(0xff, marker, length >> 8, length & 0xff);
        out.writeBytes(payload);
        return this;
    }

    private JpegFile segment(int marker, ByteArrayOutputStream payload) {
        return segment(marker, payload.toByteArray());
    }

    /** Adobe's segment; transform 0 RGB or CMYK, 1 YCbCr, 2 YCCK. */
    public JpegFile adobe(int transform) {
        return segment(0xee, new byte[] {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform});
    }

    /** An EXIF segment around a TIFF block. */
    public JpegFile exif(byte... tiff) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        payload.writeBytes(new byte[] {'E', 'x', 'i', 'f', 0, 0});
        payload.writeBytes(tiff);
        return segment(0xe1, payload);
    }

    /** One quantisation table; Huffman codes of 4 bits for DC categories 0 to 11 and of one bit for the end of a block. */
    public JpegFile tables() {
        ByteArrayOutputStream steps = new ByteArrayOutputStream();
        steps.write(0);
        for (int i = 0; i < 64; i++) {
            steps.write(STEP);
        }
        ByteArrayOutputStream codes = new ByteArrayOutputStream();
        codes.writeBytes(new byte[] {0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        codes.writeBytes(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
        codes.writeBytes(new byte[] {0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        return segment(DQT, steps).segment(DHT, codes);
    }

    /** A frame header. */
    public JpegFile frame(int kind, int precision, int width, int height, Component... components) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(new byte[] {
            (byte) precision,
            (byte) (height >> 8),
            (byte) height,
            (byte) (width >> 8),
            (byte) width,
            (byte) components.length
        });
        for (Component c : components) {
            frame.writeBytes(new byte[] {(byte) c.id(), (byte) (c.across() << 4 | c.down()), 0});
        }
        return segment(kind, frame);
    }

    /** A scan of these components with coefficients 0 to {@code last}. */
    public JpegFile scan(int last, byte[] entropy, int... ids) {
        return scan(0, last, entropy, ids);
    }

    private JpegFile scan(int first, int last, byte[] entropy, int... ids) {
        ByteArrayOutputStream scan = new ByteArrayOutputStream();
        scan.write(ids.length);
        for (int id : ids) {
            scan.write(id);
            scan.write(0);
        }
        scan.writeBytes(new byte[] {(byte) first, (byte) last, 0});
        segment(SOS, scan);
        out.writeBytes(entropy);
        return this;
    }

    /** The entropy-coded data of one interleaved scan without subsampling; of a progressive frame, that of its DC. */
    public static byte[] entropy(int kind, int width, int height, Blocks blocks, int components) {
        Bits bits = new Bits();
        int[] before = new int[components];
        for (int row = 0; row < Math.ceilDiv(height, 8); row++) {
            for (int column = 0; column < Math.ceilDiv(width, 8); column++) {
                for (int c = 0; c < components; c++) {
                    int value = blocks.value(c, column, row) - 128;
                    dc(bits, value - before[c]);
                    before[c] = value;
                    if (kind != 0xc2) {
                        bits.put(0, 1);
                    }
                }
            }
        }
        return bits.finish();
    }

    private static void dc(Bits bits, int difference) {
        int category = 32 - Integer.numberOfLeadingZeros(Math.abs(difference));
        bits.put(category, 4);
        bits.put(difference < 0 ? difference + (1 << category) - 1 : difference, category);
    }

    /** The file, ended as it should. */
    public byte[] end() {
        return raw(0xff, 0xd9).toBytes();
    }

    /** The file so far. */
    public byte[] toBytes() {
        return out.toByteArray();
    }

    private static final class Bits {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private int held;
        private int count;

        void put(int value, int bits) {
            for (int i = bits - 1; i >= 0; i--) {
                held = held << 1 | (value >> i & 1);
                count++;
                if (count == 8) {
                    out.write(held);
                    if (held == 0xff) {
                        out.write(0);
                    }
                    held = 0;
                    count = 0;
                }
            }
        }

        byte[] finish() {
            while (count != 0) {
                put(1, 1);
            }
            return out.toByteArray();
        }
    }
}
