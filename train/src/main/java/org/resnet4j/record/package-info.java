/**
 * What a run was made of: program, machine, data.
 *
 * <p>Entry types: {@link org.resnet4j.record.Provenance} and {@link org.resnet4j.record.Fingerprint}. Invariant: a fingerprint
 * depends on the content of the data only, not on where it lies.
 */
@NullMarked
package org.resnet4j.record;

import org.jspecify.annotations.NullMarked;
