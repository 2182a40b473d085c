/**
 * PyTorch's files, the zip and the legacy stream, without Python and without running anything that they say.
 *
 * <p>Entry types: {@link org.resnet4j.pickle.TorchFile}, {@link org.resnet4j.pickle.Allowed}. A pickle is a program for a small
 * stack machine. The interpreter here has that machine's stack and memo and none of its power: a name is looked up in a fixed
 * list, a call is one of a dozen cases of a switch, and everything else is refused by its full name. There is no fallback and no
 * switch. Archives are read by exact entry name as bounded streams and never extracted.
 */
@NullMarked
package org.resnet4j.pickle;

import org.jspecify.annotations.NullMarked;
