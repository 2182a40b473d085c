package org.resnet4j.engine;

/** How weights become signed bytes: each output channel by a scale of its own. Stateless. */
public final class ChannelScales {
    /** The largest magnitude that a weight takes: -128 is left out, so that a channel and its negative round alike. */
    public static final int LARGEST = 127;

    private ChannelScales() {}

    /** The scale of a channel whose largest magnitude is {@code largest}; 1 where all are zero, and then all round to zero. */
    public static double of(double largest) {
        return largest > 0 ? largest / LARGEST : 1;
    }
}
