/**
 * Trains a network: from options and data to a run folder with checkpoints.
 *
 * <p>Entry types: {@link org.resnet4j.trainer.Trainer}, {@link org.resnet4j.trainer.TrainOptions} and
 * {@link org.resnet4j.trainer.TrainEvent}. Reads batches of {@code loader}, runs plans of {@code engine}, writes the files that
 * {@link org.resnet4j.trainer.RunFolder} lists. Invariants: what a run computes is a function of options, network, data and
 * backend only; a run that was stopped anywhere and resumed gives the same bits as one that was not; nothing that is not a finite
 * number is ever written.
 */
@NullMarked
package org.resnet4j.trainer;

import org.jspecify.annotations.NullMarked;
