/**
 * Residual and plain networks as data: a spec record with every choice of the paper, and the one builder that reads it.
 *
 * <p>Entry types: {@link org.resnet4j.resnet.ResNetSpec}, its {@link org.resnet4j.resnet.Variant} for what later
 * papers changed, and {@link org.resnet4j.resnet.ResNet}. Produces graphs whose parameters and modules are named as torchvision and
 * timm name them. He, Zhang, Ren, Sun 2015, section 3.3, table 1 and section 4.2.
 */
@NullMarked
package org.resnet4j.resnet;

import org.jspecify.annotations.NullMarked;
