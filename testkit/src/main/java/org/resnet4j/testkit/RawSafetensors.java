package org.resnet4j.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Safetensors files put together with no check at all, the hostile ones among them. Stateless. */
public final class RawSafetensors {
    private RawSafetensors() {}

    /** A file with this header, its true length in front, and so many zeros as data. */
    public static byte[] of(String header, int data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Math.addExact(Long.BYTES + text.length, data))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    /** A file that says this length of its header, with so many zeros after it. */
    public static byte[] ofLength(long length, int rest) {
        return ByteBuffer.allocate(Math.addExact(Long.BYTES, rest))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array();
    }

    /** One tensor in a header; the shape as its JSON stands there. */
    public static String entry(String name, String dtype, String shape, long begin, long end) {
        return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[" + begin + ","
                + end + "]}";
    }

    /** A file of so many tensors without elements. */
    public static byte[] ofMany(int tensors) {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < tensors; i++) {
            header.append(i == 0 ? "" : ",").append(entry(Integer.toString(i), "U8", "[0]", 0, 0));
        }
        return of(header.append('}').toString(), 0);
    }

    /** Files that no reader may accept, by a name that begins with the case of the catalogue; each is small. */
    public static Map<String, byte[]> hostile() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        String sound = entry("a", "F32", "[2]", 0, 8);
        for (int size : new int[] {0, 1, 7}) {
            files.put("SAF-01 a file of " + size + " bytes", new byte[size]);
        }
        for (long length : new long[] {0, 1, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            files.put("SAF-02 and SAF-03 header length " + Long.toUnsignedString(length), ofLength(length, 8));
        }
        byte[] bytes = of("{" + sound + "}    ", 8);
        bytes[bytes.length - 10] = (byte) 0xff;
        files.put("SAF-04 not UTF-8", bytes);
        for (String header : new String[] {" {}", "[]", "\"a\"", "{", "{}x", "   "}) {
            files.put("SAF-05 header " + header, of(header, 0));
        }
        files.put("SAF-06 a name twice", of("{" + sound + "," + sound + "}", 8));
        files.put("SAF-06 a field twice", of("{" + sound.replace("\"shape\"", "\"dtype\":\"F32\",\"shape\"") + "}", 8));
        files.put("SAF-06 a number in the metadata", of("{\"__metadata__\":{\"x\":1}," + sound + "}", 8));
        files.put("SAF-07 a gap", of("{" + sound + "," + entry("b", "F32", "[2]", 12, 20) + "}", 20));
        files.put("SAF-07 an overlap", of("{" + sound + "," + entry("b", "F32", "[2]", 4, 12) + "}", 12));
        files.put("SAF-08 a byte left over", of("{" + sound + "}", 9));
        for (String shape : new String[] {
            "[4294967296,4294967296]",
            "[-1]",
            "[1e3]",
            "[2.0]",
            "[9223372036854775808]",
            "2",
            "null",
            "[" + "1,".repeat(999) + "2]"
        }) {
            String cut = shape.substring(0, Math.min(30, shape.length()));
            files.put("SAF-09 shape " + cut, of("{" + entry("a", "F32", shape, 0, 8) + "}", 8));
        }
        files.put("SAF-10 more elements than bytes", of("{" + entry("a", "F32", "[3]", 0, 8) + "}", 8));
        files.put("SAF-10 none, and bytes", of("{" + entry("a", "F32", "[0]", 0, 8) + "}", 8));
        for (String dtype : new String[] {"F8_E4M3", "F8_E5M2", "F4", "C64", "f32", ""}) {
            files.put("SAF-11 type " + dtype, of("{" + entry("a", dtype, "[2]", 0, 8) + "}", 8));
        }
        files.put("SAF-14 lists in lists", of("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}", 0));
        byte[] whole = of("{" + sound + "}", 8);
        files.put("SAF-15 the last byte gone", Arrays.copyOf(whole, whole.length - 1));
        return files;
    }
}
