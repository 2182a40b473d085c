/**
 * What the tests of several modules share; depends on none of them.
 *
 * <p>Entry types: {@link org.resnet4j.testkit.GoldenNumbers}; {@link org.resnet4j.testkit.GradientChecker};
 * {@link org.resnet4j.testkit.RawSafetensors} and {@link org.resnet4j.testkit.Damage} for files that must be refused;
 * {@link org.resnet4j.testkit.ChildJava} and {@link org.resnet4j.testkit.ProcessMemory} for processes of their own;
 * {@link org.resnet4j.testkit.JpegFile} and {@link org.resnet4j.testkit.PngFile} for pictures that no encoder would write.
 */
@NullMarked
package org.resnet4j.testkit;

import org.jspecify.annotations.NullMarked;
