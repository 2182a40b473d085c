/**
 * Turns gradients into new weights.
 *
 * <p>Reads and writes the flat blocks of {@link org.resnet4j.engine.Parameters}; entry types: {@link org.resnet4j.optim.Optimizer}
 * and {@link org.resnet4j.optim.OptimizerOptions}. Invariants: one pass over flat memory (two for rules that look at norms first),
 * nothing allocated in a step, plain multiplications and additions in a fixed order, so that interpreter and compiler give the
 * same bits.
 */
@NullMarked
package org.resnet4j.optim;

import org.jspecify.annotations.NullMarked;
