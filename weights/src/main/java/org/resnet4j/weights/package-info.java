/**
 * What all formats of weights share: a named tensor, the limits that every reader obeys, and the error that it raises.
 *
 * <p>Entry types: {@link org.resnet4j.weights.NamedTensor}, {@link org.resnet4j.weights.Limits}. Invariant: nothing read from a
 * file is believed before it is checked, and nothing in a file is ever executed.
 */
@NullMarked
package org.resnet4j.weights;

import org.jspecify.annotations.NullMarked;
