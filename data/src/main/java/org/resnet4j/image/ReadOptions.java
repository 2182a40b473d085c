package org.resnet4j.image;

/**
 * How a picture is read and how large it may be; every limit is checked before memory is taken. The defaults are Pillow's pixel
 * limit and the scan limit of libjpeg-turbo's own fuzzers.
 *
 * @param orientation whether the camera's note on how it was held is obeyed
 * @param maxBytes largest file
 * @param maxPixels most pixels, at most {@value #MOST_PIXELS}
 * @param maxScans most scans of a JPEG; each costs a walk over the whole picture
 */
public record ReadOptions(ExifOrientation orientation, long maxBytes, long maxPixels, int maxScans) {
    /** Most pixels that any option allows: three bytes each still fit an array. */
    public static final long MOST_PIXELS = 715_000_000;

    /** As torchvision reads for training and evaluation: the pixels as they are stored. */
    public static final ReadOptions DEFAULT = new ReadOptions(ExifOrientation.IGNORE, 256L << 20, 89_478_485, 100);

    /** As a person sees the picture. */
    public static final ReadOptions UPRIGHT = DEFAULT.withOrientation(ExifOrientation.OBEY);

    /** Checks that every limit is positive. */
    public ReadOptions {
        if (maxBytes < 1 || maxPixels < 1 || maxPixels > MOST_PIXELS || maxScans < 1) {
            throw new IllegalArgumentException("limits are positive, pixels at most " + MOST_PIXELS + "; found "
                    + maxBytes + " bytes, " + maxPixels + " pixels, " + maxScans + " scans");
        }
    }

    /** The same limits with another rule for orientation. */
    public ReadOptions withOrientation(ExifOrientation other) {
        return new ReadOptions(other, maxBytes, maxPixels, maxScans);
    }

    /** The same with another limit on the file's size. */
    public ReadOptions withMaxBytes(long bytes) {
        return new ReadOptions(orientation, bytes, maxPixels, maxScans);
    }

    /** The same with another limit on pixels. */
    public ReadOptions withMaxPixels(long pixels) {
        return new ReadOptions(orientation, maxBytes, pixels, maxScans);
    }
}
