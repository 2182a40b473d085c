package org.resnet4j.image;

import java.util.concurrent.Semaphore;

/**
 * Bounds the memory of all decoding in this process: pictures being decoded have together at most {@value #PIXELS} pixels, others
 * wait their turn. A larger single picture is decoded alone. So decoding needs at most about 12 bytes times that at once:
 * coefficients of a progressive JPEG (6), native pixels (3), the result (3).
 */
final class DecodeBudget {
    /** One picture of the default limit. */
    static final int PIXELS = 89_478_485;

    // Memory is the process's, so its budget is, too. Fair, so that large pictures are not passed over for ever.
    private static final Semaphore FREE = new Semaphore(PIXELS, true);

    /** What is done with the budget in hand. */
    @FunctionalInterface
    interface Decoding {
        Image decode() throws ImageException;
    }

    private DecodeBudget() {}

    /** Runs a decoding of {@code width} x {@code height} pixels once they are free; not to be nested. */
    static Image spend(long width, long height, Decoding decoding) throws ImageException {
        int pixels = (int) Math.min(PIXELS, Math.multiplyExact(width, height));
        FREE.acquireUninterruptibly(pixels); // those before are finite work
        try {
            return decoding.decode();
        } finally {
            FREE.release(pixels);
        }
    }

    /** Pixels that nobody decodes now. */
    static int free() {
        return FREE.availablePermits();
    }
}
