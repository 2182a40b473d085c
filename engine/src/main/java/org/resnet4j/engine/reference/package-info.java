/**
 * The oracle: every operation as a plain Java loop, compared with by everything faster and kept for ever.
 *
 * <p>Entry type: {@link org.resnet4j.engine.reference.ReferenceBackend}. Reads any verified graph of F32 or F64 values with a
 * fixed batch; one table, {@code Kernels}, leads from an operation to its loop, and each loop states its formula and where that
 * comes from. Invariants: sums are in double whatever the type; a result of type F32 is rounded once, when its operation is
 * done; threads share out independent results only, so their number never changes a bit.
 */
@NullMarked
package org.resnet4j.engine.reference;

import org.jspecify.annotations.NullMarked;
