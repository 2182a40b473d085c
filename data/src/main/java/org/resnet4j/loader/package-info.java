/**
 * Batches in off-heap memory, made ahead of their use by worker threads.
 *
 * <p>Entry type: {@link org.resnet4j.loader.BatchLoader}. Invariants: a batch is a function of (seed, epoch, index) only, the same
 * for any number of workers; memory is one ring of slots, allocated once.
 */
@NullMarked
package org.resnet4j.loader;

import org.jspecify.annotations.NullMarked;
