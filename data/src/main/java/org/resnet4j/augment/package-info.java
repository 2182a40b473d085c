/**
 * From a picture to the numbers that a network sees.
 *
 * <p>Entry types: {@link org.resnet4j.augment.Transform}, {@link org.resnet4j.augment.Normalization}. Invariant: what a transform
 * does is a function of the picture and the given random stream only.
 */
@NullMarked
package org.resnet4j.augment;

import org.jspecify.annotations.NullMarked;
