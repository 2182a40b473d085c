package org.resnet4j.image;

/**
 * A walk over the markers of a JPEG file as libjpeg makes it: bytes that belong to nothing are passed over, the entropy-coded data
 * of a scan belongs to its SOS segment. ITU T.81, annex B.
 */
final class JpegSegments {
    static final int SOF0 = 0xc0;
    static final int DHT = 0xc4;
    static final int JPG = 0xc8;
    static final int DAC = 0xcc;
    static final int SOF15 = 0xcf;
    static final int RST0 = 0xd0;
    static final int RST7 = 0xd7;
    static final int SOI = 0xd8;
    static final int EOI = 0xd9;
    static final int SOS = 0xda;
    static final int DQT = 0xdb;
    static final int DNL = 0xdc;
    static final int DRI = 0xdd;
    static final int APP0 = 0xe0;
    static final int APP1 = 0xe1;
    static final int APP14 = 0xee;
    private static final int TEM = 0x01;

    private final Source source;
    private int next;
    private int marker;
    private int begin;
    private int payload;
    private int end;

    JpegSegments(Source source) {
        this.source = source;
    }

    /** Goes to the next segment; false behind EOI. */
    boolean next() throws ImageException {
        if (marker == EOI) {
            return false;
        }
        begin = findMarker();
        marker = source.u8(begin + 1);
        payload = begin + 2;
        end = payload;
        if (hasLength()) {
            int length = source.u16(payload);
            if (length < 2) {
                throw source.error("a JPEG segment of marker " + Integer.toHexString(marker) + " has the length "
                        + length + ", at least 2 is needed");
            }
            source.require(payload, length);
            end = payload + length;
            payload += 2;
        }
        next = marker == SOS ? endOfEntropy(end) : end;
        return true;
    }

    private boolean hasLength() {
        return marker != SOI && marker != EOI && marker != TEM && (marker < RST0 || marker > RST7);
    }

    /** The index of the 0xff right before the next marker's code. */
    private int findMarker() throws ImageException {
        byte[] bytes = source.bytes();
        for (int i = next; i < bytes.length - 1; i++) {
            if (bytes[i] == -1 && bytes[i + 1] != 0 && bytes[i + 1] != -1) {
                return i;
            }
        }
        throw source.error("the file is truncated: a JPEG ends with the marker EOI, which is not among its "
                + bytes.length + " bytes");
    }

    /** Entropy-coded data ends at a marker that is no restart. */
    private int endOfEntropy(int from) {
        byte[] bytes = source.bytes();
        int i = from;
        while (i < bytes.length) {
            if (bytes[i++] == -1) {
                int code = i < bytes.length ? bytes[i] & 0xff : 0;
                if (code != 0 && code != 0xff && (code < RST0 || code > RST7)) {
                    return i - 1;
                }
            }
        }
        return bytes.length;
    }

    /** Code of this segment's marker, without the 0xff. */
    int marker() {
        return marker;
    }

    /** Index of the marker. */
    int begin() {
        return begin;
    }

    /** Index of what follows the length. */
    int payload() {
        return payload;
    }

    /** Bytes of the payload. */
    int length() {
        return end - payload;
    }

    /** Bytes of entropy-coded data that follow. */
    int entropyLength() {
        return next - end;
    }

    /** Index behind the segment and its entropy-coded data. */
    int end() {
        return next;
    }
}
