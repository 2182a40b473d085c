/**
 * What the tests of several modules share; depends on none of them.
 *
 * <p>Entry type: {@link org.resnet4j.testkit.GoldenNumbers}.
 */
@NullMarked
package org.resnet4j.testkit;

import org.jspecify.annotations.NullMarked;
