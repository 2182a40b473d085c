/** Peers, timed in turns with resnet4j. Not part of the product. */
@NullMarked
package org.resnet4j.bench;

import org.jspecify.annotations.NullMarked;
