/**
 * What is measured on networks rather than trained: how strongly layers respond (figure 7), which gradients reach them (section 4.1),
 * what they cost (table 1), and how well they answer (tables 2 to 5).
 *
 * <p>Reads: networks with their weights, or with those that a seed gives, and pictures. Entry types:
 * {@link org.resnet4j.paper.measure.Responses} and {@link org.resnet4j.paper.measure.GradientNorms}. Invariants: sums are doubles
 * added in the order of the pictures; one pass has every figure of a batch, and the native memory of a measurement is bounded
 * whatever the network.
 */
@NullMarked
package org.resnet4j.paper.measure;

import org.jspecify.annotations.NullMarked;
