/**
 * Highway networks as data, and the one builder that reads them: gated shortcuts, which He et al. compare with in table 6.
 *
 * <p>Entry types: {@link org.resnet4j.highway.HighwaySpec} and {@link org.resnet4j.highway.Highway}. Srivastava, Greff,
 * Schmidhuber 2015, "Training very deep networks".
 */
@NullMarked
package org.resnet4j.highway;

import org.jspecify.annotations.NullMarked;
