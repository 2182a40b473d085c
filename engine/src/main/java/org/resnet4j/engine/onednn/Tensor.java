package org.resnet4j.engine.onednn;

import org.resnet4j.onednn.MemoryDesc;

/**
 * A piece of memory as a lowered plan sees it: its layout, where it will live, and when. Values that are computed in place
 * share one. Mutable only while a graph is lowered.
 */
final class Tensor {
    /** Who holds the memory. */
    enum Home {
        /** The step's block, shared with others that live at other times. */
        BLOCK,
        /** The step's block, for the whole step: inputs and outputs. */
        KEPT,
        /** Made once from parameters, kept until they change. */
        CONSTANT,
        /** A parameter's stored values. */
        PARAMETER,
        /** A parameter's stored gradient. */
        GRADIENT
    }

    /** Position of something that a run must not overwrite. */
    static final int FOREVER = Integer.MAX_VALUE;

    final int id;
    final String name;
    final Home home;
    MemoryDesc layout;

    /** Index of the last graph node that needs the content; decides what may be computed in place. */
    int lastNode;

    /** First and last step that touch it; -1 before any did. */
    int firstStep = -1;

    int lastStep = -1;

    Tensor(int id, String name, Home home, MemoryDesc layout) {
        this.id = id;
        this.name = name;
        this.home = home;
        this.layout = layout;
    }

    /** Notes that step {@code index} reads or writes it. */
    void touch(int index) {
        if (firstStep < 0) {
            firstStep = index;
        }
        lastStep = Math.max(lastStep, index);
    }
}
