/**
 * He et al. 2015, "Deep Residual Learning for Image Recognition", as data and as experiments: what it published and where, the runs
 * that repeat it, and what came out beside it.
 *
 * <p>Entry types: {@link org.resnet4j.paper.Experiment} and {@link org.resnet4j.paper.Studies}. Read: runs of the trainer, pictures. Produced: one HTML report and a JSON. Invariant: a report holds no path and no host, so that
 * it can be given away as it is.
 */
@NullMarked
package org.resnet4j.paper;

import org.jspecify.annotations.NullMarked;
