package org.resnet4j.trainer;

import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Dataset;

/**
 * What a network is trained on and evaluated with.
 *
 * @param train samples to train on; shuffled anew each epoch, a short last batch left out
 * @param evaluation samples to evaluate after each epoch, all of them
 * @param trainTransform applied to pictures to train on
 * @param evaluationTransform applied to pictures to evaluate
 * @param normalization applied to both
 * @param repeats how often an epoch sees a picture, each time transformed anew: it then sees that many times fewer of them
 */
public record TrainData(
        Dataset train,
        Dataset evaluation,
        Transform trainTransform,
        Transform evaluationTransform,
        Normalization normalization,
        int repeats) {
    /** Each epoch sees each picture once. */
    public TrainData(
            Dataset train,
            Dataset evaluation,
            Transform trainTransform,
            Transform evaluationTransform,
            Normalization normalization) {
        this(train, evaluation, trainTransform, evaluationTransform, normalization, 1);
    }
}
