/**
 * All networks: what they have in common, their names, and their form as JSON.
 *
 * <p>Entry types: {@link org.resnet4j.zoo.Models}, from a name to a {@link org.resnet4j.zoo.NetworkSpec}, and
 * {@link org.resnet4j.zoo.Networks}, from there to a graph. Invariant: whatever differs between families is an exhaustive
 * {@code switch} over the sealed spec, so a new family does not compile until everything knows it.
 */
@NullMarked
package org.resnet4j.zoo;

import org.jspecify.annotations.NullMarked;
