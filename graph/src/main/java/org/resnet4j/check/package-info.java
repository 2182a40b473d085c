/**
 * What is legal: the result types of every operation and the rules a whole graph obeys.
 *
 * <p>Entry types: {@link org.resnet4j.check.ShapeInference}, {@link org.resnet4j.check.Verifier}. Failures are
 * {@link org.resnet4j.tensor.ShapeException} for types and {@link org.resnet4j.check.GraphException} for structure, each
 * naming the node.
 */
@NullMarked
package org.resnet4j.check;

import org.jspecify.annotations.NullMarked;
