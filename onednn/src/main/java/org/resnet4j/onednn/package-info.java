/**
 * Typed, owned wrappers of oneDNN's C API: the only room that may call it.
 *
 * <p>Entry types: {@link org.resnet4j.onednn.Onednn}, which loads the library, {@link org.resnet4j.onednn.MemoryDesc},
 * {@link org.resnet4j.onednn.PrimitiveDesc} and {@link org.resnet4j.onednn.Execution}. Invariants: every native object is owned
 * by one closeable and counted in {@link org.resnet4j.onednn.LiveHandles}; shapes and sizes are checked in Java, on
 * {@code long}s, before a native call; a status other than success is a {@link org.resnet4j.onednn.DnnlException}; memory given
 * to a primitive is native and at least as long as its description says.
 */
@NullMarked
package org.resnet4j.onednn;

import org.jspecify.annotations.NullMarked;
