/**
 * Building graphs by hand.
 *
 * <p>Entry type: {@link org.resnet4j.builder.GraphBuilder}, which infers every type as it goes and verifies the whole.
 */
@NullMarked
package org.resnet4j.builder;

import org.jspecify.annotations.NullMarked;
