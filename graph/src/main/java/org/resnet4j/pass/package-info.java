/**
 * Named rewrites of a graph: the same numbers (up to rounding) in fewer nodes or fewer bytes.
 *
 * <p>Entry types: {@link org.resnet4j.pass.Pass}, one rewrite, and {@link org.resnet4j.pass.Passes}, which runs several.
 * Reads and produces graphs. Invariants: every result is verified; outputs, updates and gradients stay; a fused node has the
 * name of the layer that does the work and its result is the very value that the last of the fused nodes made, so a feature
 * map keeps its name as long as it exists; all other nodes keep their order.
 */
@NullMarked
package org.resnet4j.pass;

import org.jspecify.annotations.NullMarked;
