/**
 * From other programs' names of weights to torchvision's, which are ours, and the comparison of what a network wants with what a
 * file has.
 *
 * <p>Entry types: {@link org.resnet4j.naming.Naming}, {@link org.resnet4j.naming.NameReport}. timm's names are torchvision's for
 * the networks they share, and those of its other networks are ours as they are.
 */
@NullMarked
package org.resnet4j.naming;

import org.jspecify.annotations.NullMarked;
