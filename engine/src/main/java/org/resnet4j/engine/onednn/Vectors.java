package org.resnet4j.engine.onednn;

/** Whether the JDK's vector module is there: incubating, so it must be asked for by {@code --add-modules jdk.incubator.vector}. */
final class Vectors {
    private static final boolean AVAILABLE =
            ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

    private Vectors() {}

    static boolean available() {
        return AVAILABLE;
    }

    /** Floats in a vector of this processor; only where {@link #available}. */
    static int lanes() {
        return WinogradLoops.lanes();
    }
}
