package org.resnet4j.paper;

import java.io.IOException;
import java.nio.file.Path;
import org.resnet4j.cost.Cost;
import org.resnet4j.trainer.TrainJob;
import org.resnet4j.trainer.TrainOptions;

/** A training as {@code resnet train} would do it, ready to start. */
public interface Training {
    /** What it would save as its options. */
    TrainOptions options();

    /** What it would work on. */
    TrainJob job();

    /** Makes of a finished run what {@code resnet train} makes, as far as it is not there. */
    void finish(Path run) throws IOException;

    /** Multiply-adds of all pictures on their way forward: how much there is to compute beside other trainings. */
    default double work() {
        int update = options().batchSize() * options().batching().accumulation();
        long steps = options().length().inSteps(job().data().train().size() / update);
        return (double) multiplyAdds() * steps * update;
    }

    /** Multiply-adds of one picture on its way forward. */
    default long multiplyAdds() {
        return Cost.of(job().network().evaluation()).macs();
    }
}
