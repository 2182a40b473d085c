/**
 * The fast backend: graphs as flat lists of prepared oneDNN primitives over one block of memory.
 *
 * <p>Entry type: {@link org.resnet4j.engine.onednn.OnednnBackend}. Reads graphs of F32 values, produces plans. Invariants:
 * pictures lie channels-last ({@code acdb}); weights lie as the forward convolution's primitive wants them and gradients
 * likewise; every change of layout is a step of its own in the printed plan; nothing is allocated while a plan runs; all
 * native calls of a session come from its own thread.
 */
@NullMarked
package org.resnet4j.engine.onednn;

import org.jspecify.annotations.NullMarked;
