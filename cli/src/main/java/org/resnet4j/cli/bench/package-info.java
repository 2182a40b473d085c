/**
 * What {@code resnet bench} measures and how.
 *
 * <p>Entry type: {@link org.resnet4j.cli.bench.Workload}. Reads nothing, writes nothing; numbers of networks with random weights on
 * random pictures. One benchmark at a time on an idle machine.
 */
@NullMarked
package org.resnet4j.cli.bench;

import org.jspecify.annotations.NullMarked;
