package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.resnet4j.trainer.TrainOutcome;
import org.resnet4j.trainer.Trainer;

/** Training that a signal ends with a checkpoint. */
final class StopOnSignal {
    private static final int SECONDS = 30;

    private StopOnSignal() {}

    /**
     * Trains to the end, or until the process is told to end.
     *
     * @param err for people
     * @param goesOn the command that goes on afterwards
     */
    static TrainOutcome train(Trainer trainer, PrintWriter err, String goesOn) throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        Thread onSignal = new Thread(() -> stopAndWait(trainer, done, err), "stop-training");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            if (trainer.train() == TrainOutcome.INTERRUPTED) {
                err.println("resnet: stopped with a checkpoint; go on with: " + goesOn);
                err.flush();
                return TrainOutcome.INTERRUPTED;
            }
        } finally {
            done.countDown();
        }
        // Only reached where no signal came: the hook of a shutdown under way cannot be removed, and need not be.
        Runtime.getRuntime().removeShutdownHook(onSignal);
        return TrainOutcome.FINISHED;
    }

    private static void stopAndWait(Trainer trainer, CountDownLatch done, PrintWriter err) {
        trainer.requestStop();
        try {
            if (!done.await(SECONDS, TimeUnit.SECONDS)) {
                err.println("resnet: no checkpoint within " + SECONDS + " seconds; the last one stands");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
