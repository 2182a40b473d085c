package org.resnet4j.weights;

/**
 * What a reader accepts before it allocates anything. {@link #DEFAULT} suits every network of the paper with room to spare.
 *
 * @param headerBytes longest header; 100,000,000 is safetensors' own limit
 * @param tensors most tensors in a file
 * @param rank most dimensions of a tensor
 * @param totalBytes most bytes of data in a file
 * @param values most values, whatever their kind, that a pickle may make; a checkpoint of ResNet-1202 with momentum and moving
 *     average makes some 900,000
 */
public record Limits(long headerBytes, int tensors, int rank, long totalBytes, int values) {
    /** 100 MB of header, 100,000 tensors of 12 dimensions, 16 GiB of data, one and a half million values. */
    public static final Limits DEFAULT = new Limits(100_000_000, 100_000, 12, 16L << 30);

    /** Checks that every limit is at least 1. */
    public Limits {
        if (headerBytes < 1 || tensors < 1 || rank < 1 || totalBytes < 1 || values < 1) {
            throw new IllegalArgumentException("limits must be at least 1, found " + headerBytes + " header bytes, "
                    + tensors + " tensors, rank " + rank + ", " + totalBytes + " bytes, " + values + " values");
        }
    }

    /** Limits with one and a half million values. */
    public Limits(long headerBytes, int tensors, int rank, long totalBytes) {
        this(headerBytes, tensors, rank, totalBytes, 1_500_000);
    }
}
