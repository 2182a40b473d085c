/**
 * Looks at every sample of a data set for what spoils a training: damaged files, copies, leaks between the parts, classes that are
 * missing.
 *
 * <p>Entry type: {@link org.resnet4j.datacheck.DataCheck}. Invariants: the same data give the same findings in the same order, whatever
 * the number of threads; some hundred bytes are kept of a sample, never its pixels; a sample that cannot be read is a finding and
 * ends nothing.
 */
@NullMarked
package org.resnet4j.datacheck;

import org.jspecify.annotations.NullMarked;
