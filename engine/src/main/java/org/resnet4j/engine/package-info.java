/**
 * Making a graph runnable and running it: what every backend offers, and what belongs to none.
 *
 * <p>A {@link org.resnet4j.engine.Backend} compiles a graph of fixed batch size into a {@link org.resnet4j.engine.Plan}; a plan
 * opens a {@link org.resnet4j.engine.Session}, which owns all memory of a step and the {@link org.resnet4j.engine.Parameters}.
 * Invariants: a plan is immutable and printable; a session allocates nothing while it runs; native memory is owned by exactly
 * one closeable object.
 */
@NullMarked
package org.resnet4j.engine;

import org.jspecify.annotations.NullMarked;
