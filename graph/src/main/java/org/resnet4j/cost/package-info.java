/**
 * What a graph costs, by arithmetic on its shapes.
 *
 * <p>Entry types: {@link org.resnet4j.cost.Cost} for the whole and {@link org.resnet4j.cost.NodeCost} for a node. Reads a
 * graph, produces counts. Invariants: counts are exact; a graph whose batch is not fixed is counted for one image.
 */
@NullMarked
package org.resnet4j.cost;

import org.jspecify.annotations.NullMarked;
