/**
 * Weights from a file of any format: what it is, is seen from its content and never from its name.
 *
 * <p>Entry type: {@link org.resnet4j.formats.WeightFiles}. What it opened, chose and stripped on the way stands in the notes of
 * the result.
 */
@NullMarked
package org.resnet4j.formats;

import org.jspecify.annotations.NullMarked;
