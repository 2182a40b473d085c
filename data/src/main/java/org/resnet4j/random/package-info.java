/**
 * Random numbers that are a function of where they are used, never of when or on which thread.
 *
 * <p>Entry type: {@link org.resnet4j.random.Rng}. Invariant: the numbers for a key are pinned by tests and never change.
 */
@NullMarked
package org.resnet4j.random;

import org.jspecify.annotations.NullMarked;
