/**
 * Element types, shapes and tensor types: what every room agrees on before it looks at a single number.
 *
 * <p>Entry types: {@link org.resnet4j.tensor.TensorType} and {@link org.resnet4j.tensor.Shape}. Invariants: every value is
 * immutable; element and byte counts are exact {@code long} arithmetic and overflow is an exception, never a wrap, so a
 * size that comes from here may be handed to native code.
 */
@NullMarked
package org.resnet4j.tensor;

import org.jspecify.annotations.NullMarked;
