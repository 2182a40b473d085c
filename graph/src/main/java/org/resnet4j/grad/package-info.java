/**
 * Reverse-mode differentiation as graph to graph: the backward pass is more nodes of the same kind.
 *
 * <p>Entry type: {@link org.resnet4j.grad.Gradients}, the table with one gradient per forward operation.
 */
@NullMarked
package org.resnet4j.grad;

import org.jspecify.annotations.NullMarked;
