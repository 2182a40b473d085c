package org.resnet4j.trainer;

import java.util.function.Predicate;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.PlanException;
import org.resnet4j.grad.Gradients;
import org.resnet4j.grad.Recomputation;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Parameter;
import org.resnet4j.optim.GradientSum;
import org.resnet4j.optim.Optimizer;
import org.resnet4j.pass.Passes;

/**
 * The two plans of a run and what they need.
 *
 * @param training a step with its gradients
 * @param evaluation of a batch
 * @param need bytes of the whole run
 */
record TrainPlans(Plan training, Plan evaluation, MemoryNeed need) {
    /**
     * Compiles both; allocates nothing of a step.
     *
     * @throws PlanException if they need more than the job allows; names the largest batch that does not
     */
    static TrainPlans compile(TrainOptions options, TrainJob job) {
        Network network = job.network();
        Graph forward = Passes.forTraining(
                network.training(options.objective().loss()), options.compute().precision());
        Graph training = Gradients.of(forward, forward.outputs().getFirst());
        Graph evaluation = Passes.run(network.evaluation(), Passes.forInference());
        Sizes sizes = new Sizes(training, evaluation, options, job);
        TrainPlans plans = sizes.compile(options.batchSize());
        if (plans.need().total() > job.maxMemoryBytes()) {
            throw tooLarge(plans, sizes, options, job);
        }
        return plans;
    }

    private static PlanException tooLarge(TrainPlans plans, Sizes sizes, TrainOptions options, TrainJob job) {
        int fits = 0;
        int tooMany = options.batchSize();
        while (tooMany - fits > 1) {
            int middle = (fits + tooMany) >>> 1;
            if (sizes.compile(middle).need().total() <= job.maxMemoryBytes()) {
                fits = middle;
            } else {
                tooMany = middle;
            }
        }
        String advice = fits == 0
                ? "not even a batch of 1 fits; allow more memory or take a smaller network"
                : "the largest batch that fits is " + fits + ", for training and evaluation alike";
        return new PlanException(job.network().name() + ": at most " + job.maxMemoryBytes()
                + " bytes of native memory are allowed, a batch of " + options.batchSize() + " needs "
                + plans.need().total() + ", that is " + plans.need() + "; " + advice);
    }

    /** The graphs before their batch is fixed. */
    private record Sizes(Graph training, Graph evaluation, TrainOptions options, TrainJob job) {
        TrainPlans compile(int batch) {
            int evaluated = batch == options.batchSize()
                    ? options.evaluationBatchSize()
                    : Math.min(batch, options.evaluationBatchSize());
            Graph whole = training.withBatch(batch);
            Plan step = job.backend().compile(options.compute().recompute() ? Recomputation.of(whole) : whole);
            Plan test = job.backend().compile(evaluation.withBatch(evaluated));
            int slots = options.workers() == 0 ? 1 : options.workers() + 2;
            long batches = Math.multiplyExact(Math.addExact(inputBytes(step), inputBytes(test)), (long) slots);
            return new TrainPlans(step, test, new MemoryNeed(step.peakBytes(), test.peakBytes(), besides(), batches));
        }

        private static long inputBytes(Plan plan) {
            return plan.graph().input("input").type().bytes();
        }

        /** What lies beside the plans: the optimiser's blocks, sums and averages. */
        private long besides() {
            long trainable = bytes(Parameter::trainable);
            long optimizer = Optimizer.bytes(trainable, options.descent().optimizer());
            long sum = GradientSum.bytes(trainable, options.batching().accumulation());
            long average = options.averaging().weights() ? bytes(_ -> true) : 0;
            return Math.addExact(Math.addExact(optimizer, sum), average);
        }

        private long bytes(Predicate<Parameter> which) {
            return training.parameters().stream()
                    .filter(which)
                    .mapToLong(p -> p.value().type().bytes())
                    .sum();
        }
    }
}
