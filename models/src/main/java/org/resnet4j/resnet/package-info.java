/**
 * Residual and plain networks as data: a spec record with every choice of the paper, and the one builder that reads it.
 *
 * <p>Entry types: {@link org.resnet4j.resnet.ResNetSpec}, {@link org.resnet4j.resnet.ResNet} and
 * {@link org.resnet4j.resnet.Models}, which knows the names. Produces graphs whose parameters and modules are named as
 * torchvision names them. He, Zhang, Ren, Sun 2015, section 3.3, table 1 and section 4.2.
 */
@NullMarked
package org.resnet4j.resnet;

import org.jspecify.annotations.NullMarked;
