/**
 * VGG networks as data, and the one builder that reads them: the plain networks that He et al. compare with.
 *
 * <p>Entry types: {@link org.resnet4j.vgg.VggSpec} and {@link org.resnet4j.vgg.Vgg}. Parameters are named as torchvision names
 * them. Simonyan and Zisserman 2015, table 1.
 */
@NullMarked
package org.resnet4j.vgg;

import org.jspecify.annotations.NullMarked;
