package org.resnet4j.trainer;

import java.io.IOException;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.loader.LoaderOptions;
import org.resnet4j.lrschedule.ScheduleState;
import org.resnet4j.metric.RunningMetrics;

/**
 * What a run would be: everything is opened, compiled and allocated as for training, one update is made, nothing is written.
 *
 * @param memory that it takes
 * @param stepsPerEpoch updates of an epoch
 * @param steps of the whole run
 * @param loss of the first update
 * @param seconds that this update took, the first in which everything is cold
 */
public record DryRun(MemoryNeed memory, int stepsPerEpoch, long steps, double loss, double seconds) {
    /** Makes the one update; fails as {@link Trainer#start} and {@link Trainer#train} would. */
    public static DryRun of(TrainOptions options, TrainJob job) throws IOException {
        job.requireFit(options);
        TrainPlans plans = TrainPlans.compile(options, job);
        LoaderOptions loading = job.loading(options);
        int stepsPerEpoch = BatchLoader.batchesPerEpoch(job.data().train().size(), loading) / loading.group();
        try (Stepper stepper = Stepper.open(plans.training(), options);
                Evaluator evaluator = Evaluator.open(plans.evaluation(), job.data(), options);
                BatchLoader loader = BatchLoader.open(job.data().train(), loading, 0, 0)) {
            job.start().fill(stepper.session().plan().graph(), stepper.parameters(), options.seed());
            stepper.begin(true);
            long begin = System.nanoTime();
            double lr = options.schedule().lr(0, ScheduleState.START);
            double loss = stepper.step(loader, 0, lr, RunningMetrics.empty()).loss();
            double seconds = (System.nanoTime() - begin) / 1e9;
            evaluator.tryOneBatch(stepper.parameters());
            return new DryRun(plans.need(), stepsPerEpoch, options.length().inSteps(stepsPerEpoch), loss, seconds);
        }
    }
}
