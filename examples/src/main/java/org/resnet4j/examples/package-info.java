/**
 * Programs of at most twenty lines: {@link org.resnet4j.examples.Train}, {@link org.resnet4j.examples.Resume},
 * {@link org.resnet4j.examples.Classify}, {@link org.resnet4j.examples.ClassifyForeign} and {@link org.resnet4j.examples.Embed}. Each is compiled and run by the build.
 */
@NullMarked
package org.resnet4j.examples;

import org.jspecify.annotations.NullMarked;
