/**
 * Why a network says what it says of a picture: where in it the numbers that speak for a class are.
 *
 * <p>Entry types: {@link org.resnet4j.explain.GradCam} makes an {@link org.resnet4j.explain.Explanation}, which has a
 * {@link org.resnet4j.explain.Heatmap}. Invariant: gradients are those of the network itself, evaluated, by the project's own
 * differentiation.
 */
@NullMarked
package org.resnet4j.explain;

import org.jspecify.annotations.NullMarked;
