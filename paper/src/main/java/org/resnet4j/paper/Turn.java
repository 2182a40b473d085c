package org.resnet4j.paper;

import java.time.Duration;
import org.resnet4j.trainer.TrainEvent;

/**
 * A run among those of an experiment.
 *
 * @param number of the run, from 1
 * @param of so many
 * @param name of its folder
 * @param begun true if it was begun before and goes on
 * @param multiplyAdds of one of its pictures on the way forward
 * @param later multiply-adds of all pictures of the runs after it that are not finished
 */
public record Turn(int number, int of, String name, boolean begun, long multiplyAdds, double later) {
    /** Time until all runs are over, if those to come are computed as fast as this one. */
    public Duration left(TrainEvent.Pace pace) {
        double speed = pace.imagesPerSecond() * multiplyAdds;
        return speed > 0 ? pace.left().plusMillis((long) (1000 * later / speed)) : pace.left();
    }

    /** {@code run 3 of 12}. */
    @Override
    public String toString() {
        return "run " + number + " of " + of;
    }
}
