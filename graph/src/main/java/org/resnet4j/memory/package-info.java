/**
 * How long each value of a step lives, and where in one block of memory it stands.
 *
 * <p>Entry types: {@link org.resnet4j.memory.Lifetimes}, read off a graph's node order, and
 * {@link org.resnet4j.memory.MemoryPlan}, which gives every {@link org.resnet4j.memory.Buffer} an offset. Pure arithmetic:
 * nothing is allocated here. Invariants: two buffers that are alive at the same instant never share a byte; the same buffers
 * give the same plan.
 */
@NullMarked
package org.resnet4j.memory;

import org.jspecify.annotations.NullMarked;
