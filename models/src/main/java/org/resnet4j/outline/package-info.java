/**
 * Networks as people look at them: table 1 and figure 3 of He et al. 2016, for any network.
 *
 * <p>Entry types: {@link org.resnet4j.outline.Outline}, a network as stages of boxes, {@link org.resnet4j.outline.Table}, its counts
 * stage by stage, and {@link org.resnet4j.outline.Drawing}, the picture. Reads specs and graphs, produces numbers and SVG text.
 * Invariant: every box names the node of the graph that it stands for.
 */
@NullMarked
package org.resnet4j.outline;

import org.jspecify.annotations.NullMarked;
