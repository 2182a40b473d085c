/**
 * Pictures as 8-bit RGB, and how they are read, resized and written.
 *
 * <p>Entry types: {@link org.resnet4j.image.Image}, {@link org.resnet4j.image.ImageFile}. Invariants: sizes are checked before
 * anything is decoded; a picture that cannot be read is an {@link org.resnet4j.image.ImageException} with path and reason.
 */
@NullMarked
package org.resnet4j.image;

import org.jspecify.annotations.NullMarked;
