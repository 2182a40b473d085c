/**
 * Counts right and wrong answers.
 *
 * <p>Reads logits and class indices; entry types: {@link org.resnet4j.metric.RunningMetrics} and
 * {@link org.resnet4j.metric.ConfusionMatrix}. Invariants: counts are integers and sums are doubles added in the order of the
 * samples, so the same samples give the same bits.
 */
@NullMarked
package org.resnet4j.metric;

import org.jspecify.annotations.NullMarked;
