package org.resnet4j.memory;

/**
 * A piece of memory that a step needs for a while. Times are positions in the order in which the step runs, both ends
 * included: a buffer read by step 7 and one written by step 7 are alive together. A negative size and an end before the
 * beginning throw {@link IllegalArgumentException}.
 *
 * @param id unique in its plan
 * @param bytes size; 0 is allowed and takes no room
 * @param first time at which it is first written
 * @param last time at which it is last read; {@code first} if nothing reads it
 */
public record Buffer(int id, long bytes, int first, int last) {
    /** Checks size and times. */
    public Buffer {
        if (bytes < 0 || last < first) {
            throw new IllegalArgumentException("buffer " + id + " needs bytes >= 0 and first <= last, found " + bytes
                    + " bytes from " + first + " to " + last);
        }
    }

    /** True if there is an instant at which both are alive. */
    public boolean overlaps(Buffer other) {
        return first <= other.last && other.first <= last;
    }
}
