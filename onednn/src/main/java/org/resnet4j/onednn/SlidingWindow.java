package org.resnet4j.onednn;

import java.util.List;

/**
 * Kernel, strides and padding of a convolution or pooling over two dimensions, in pixels; no dilation.
 *
 * @param kernel height and width
 * @param strides down and across
 * @param paddingBefore above and left
 * @param paddingAfter below and right; may be negative where a stride leaves pixels over
 */
public record SlidingWindow(List<Long> kernel, List<Long> strides, List<Long> paddingBefore, List<Long> paddingAfter) {
    /** Copies the lists and checks that each has two entries. */
    public SlidingWindow {
        kernel = two(kernel);
        strides = two(strides);
        paddingBefore = two(paddingBefore);
        paddingAfter = two(paddingAfter);
    }

    private static List<Long> two(List<Long> values) {
        if (values.size() != 2) {
            throw new IllegalArgumentException("a window over pictures has two numbers each, found " + values);
        }
        return List.copyOf(values);
    }
}
