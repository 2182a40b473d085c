/**
 * What the tests of several modules share; depends on none of them.
 *
 * <p>Entry types: {@link org.resnet4j.testkit.GoldenNumbers}; {@link org.resnet4j.testkit.GradientChecker};
 * {@link org.resnet4j.testkit.RawSafetensors} and {@link org.resnet4j.testkit.Damage} for files that must be refused;
 * {@link org.resnet4j.testkit.ChildJvm} for processes that are killed.
 */
@NullMarked
package org.resnet4j.testkit;

import org.jspecify.annotations.NullMarked;
