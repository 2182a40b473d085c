/**
 * Post-training quantisation: from a network and pictures to the ranges by which its convolutions multiply bytes.
 *
 * <p>Entry type: {@link org.resnet4j.quantize.Ranges}, which a model folder keeps as {@code quantization.json}. Reads and writes that
 * file. Weights stay as they are: what is rounded is
 * made from them whenever a plan is opened.
 */
@NullMarked
package org.resnet4j.quantize;

import org.jspecify.annotations.NullMarked;
