/**
 * The edge to native code: unpacking and loading the library, and one handle per C function. Not exported; the only place
 * that uses restricted methods. Entry types: {@link org.resnet4j.onednn.ffi.NativeFolder},
 * {@link org.resnet4j.onednn.ffi.Library}.
 */
@NullMarked
package org.resnet4j.onednn.ffi;

import org.jspecify.annotations.NullMarked;
