/**
 * The edge to libjpeg-turbo: finding the system's library, one handle per C function, decompressors that are lent and given back.
 * Not exported; the only place of this module that uses restricted methods. Entry type:
 * {@link org.resnet4j.image.turbojpeg.TurboJpeg}. Invariant: the caller has walked the file and checked its size before native code
 * sees it.
 */
@NullMarked
package org.resnet4j.image.turbojpeg;

import org.jspecify.annotations.NullMarked;
