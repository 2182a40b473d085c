/**
 * Fuzz targets of the readers. In an ordinary build only their seeds run, as tests; under the profile {@code fuzz} Jazzer
 * mutates them. Whatever the bytes, a reader returns or throws an {@code IOException}.
 */
@NullMarked
package org.resnet4j.fuzz;

import org.jspecify.annotations.NullMarked;
