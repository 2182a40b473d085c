/**
 * What the tests of several modules share; depends on none of them.
 *
 * <p>Entry types: {@link org.resnet4j.testkit.GoldenNumbers}; {@link org.resnet4j.testkit.GradientChecker};
 * {@link org.resnet4j.testkit.RawSafetensors} and {@link org.resnet4j.testkit.Damage} for files that must be refused;
 * {@link org.resnet4j.testkit.ChildJava} and {@link org.resnet4j.testkit.ProcessMemory} for processes of their own.
 */
@NullMarked
package org.resnet4j.testkit;

import org.jspecify.annotations.NullMarked;
