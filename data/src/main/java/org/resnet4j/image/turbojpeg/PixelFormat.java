package org.resnet4j.image.turbojpeg;

/** What is decoded to; {@code enum TJPF}. */
public enum PixelFormat {
    /** Red, green, blue. */
    RGB(0, 3),
    /** Cyan, magenta, yellow, black, as they are stored: mostly inverted. */
    CMYK(11, 4);

    private final int number;
    private final int bytes;

    PixelFormat(int number, int bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    /** Its number in C. */
    int number() {
        return number;
    }

    /** Bytes a pixel. */
    int bytes() {
        return bytes;
    }
}
