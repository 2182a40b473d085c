/**
 * Turns gradients into new weights.
 *
 * <p>Reads and writes the flat blocks of {@link org.resnet4j.engine.Parameters}; entry types: {@link org.resnet4j.optim.Sgd}
 * and {@link org.resnet4j.optim.SgdOptions}. Invariants: one pass over flat memory, nothing allocated in a step, plain
 * multiplications and additions in a fixed order, so that interpreter and compiler give the same bits.
 */
@NullMarked
package org.resnet4j.optim;

import org.jspecify.annotations.NullMarked;
