package org.resnet4j.trainer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.loader.LoaderOptions;
import org.resnet4j.lrschedule.Schedule;
import org.resnet4j.lrschedule.ScheduleState;
import org.resnet4j.metric.RunningMetrics;

/**
 * Looks for a learning rate: trains for a short while with one that grows by the same factor each step and watches the loss. Smith
 * 2017, section 3.3. Writes nothing. Stateless.
 */
public final class RateFinder {
    /** How much of the moving average of the loss survives a step. */
    private static final double KEPT = 0.9;
    /** The loss has left when it is so many times the smallest. */
    private static final double LEFT = 4;

    private RateFinder() {}

    /**
     * A step of the search.
     *
     * @param lr that was used
     * @param loss moving average, corrected for its start
     */
    public record Point(double lr, double loss) {}

    /**
     * What was found.
     *
     * @param points in order; ends where the loss leaves
     * @param suggested rate at which the loss falls fastest
     */
    public record Found(List<Point> points, double suggested) {
        /** Copies the list. */
        public Found {
            points = List.copyOf(points);
        }
    }

    /**
     * Searches from {@code lowest} to {@code highest} in at most so many steps; the options' own schedule is not used.
     *
     * @throws IllegalArgumentException if there are fewer than 10 steps, or the loss leaves before the third
     */
    public static Found find(TrainOptions options, TrainJob job, double lowest, double highest, int steps)
            throws IOException {
        if (steps < 10) {
            throw new IllegalArgumentException("a search takes at least 10 steps, found " + steps);
        }
        job.requireFit(options);
        Schedule rates = new Schedule.Exponential(lowest, highest, steps - 1L);
        LoaderOptions loading = job.loading(options);
        List<Point> points = new ArrayList<>();
        try (Stepper stepper = Stepper.open(TrainPlans.compile(options, job).training(), options);
                BatchLoader loader = BatchLoader.open(job.data().train(), loading, 0, 0)) {
            job.start().fill(stepper.session().plan().graph(), stepper.parameters(), options.seed());
            stepper.begin(true);
            RunningMetrics metrics = RunningMetrics.empty();
            double average = 0;
            double smallest = Double.POSITIVE_INFINITY;
            for (int step = 0; step < steps; step++) {
                double lr = rates.lr(step, ScheduleState.START);
                average = KEPT * average
                        + (1 - KEPT) * stepper.step(loader, step, lr, metrics).loss();
                double loss = average / (1 - StrictMath.pow(KEPT, step + 1.0));
                points.add(new Point(lr, loss));
                smallest = Math.min(smallest, loss);
                if (loss > LEFT * smallest) {
                    break;
                }
            }
        } catch (NonFiniteLossException _) {
            // The rates have become too large, which is what was looked for.
        }
        return new Found(points, steepest(points));
    }

    /** Rates grow by one factor, so a difference of neighbours is a slope; over two steps, because one is noise. */
    static double steepest(List<Point> points) {
        if (points.size() < 3) {
            throw new IllegalArgumentException(
                    "the loss leaves after " + points.size() + " steps; begin with a lower learning rate");
        }
        int best = 1;
        for (int i = 1; i + 1 < points.size(); i++) {
            double slope = points.get(i + 1).loss() - points.get(i - 1).loss();
            if (slope < points.get(best + 1).loss() - points.get(best - 1).loss()) {
                best = i;
            }
        }
        return points.get(best).lr();
    }
}
