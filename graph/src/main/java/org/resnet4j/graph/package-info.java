/**
 * What a network is: a list of nodes, each one operation on values, as immutable data.
 *
 * <p>Entry types: {@link org.resnet4j.graph.Graph} and {@link org.resnet4j.graph.Op}. Read by every other package of this
 * module, each of which is one table over the closed set of operations: shapes ({@code check}), gradients ({@code grad}),
 * rewrites ({@code pass}), memory ({@code memory}) and cost ({@code cost}). Invariants: nodes stand in an order in which every
 * value is made before it is used, and every value is made once.
 */
@NullMarked
package org.resnet4j.graph;

import org.jspecify.annotations.NullMarked;
