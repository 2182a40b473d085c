package org.resnet4j.examples;

import java.io.IOException;
import java.nio.file.Path;
import org.resnet4j.trainer.RunRecord;
import org.resnet4j.trainer.TrainOptions;
import org.resnet4j.trainer.Trainer;

/** Goes on with a run, wherever it was interrupted: RUN NATIVE_FOLDER. */
public final class Resume {
    private Resume() {}

    /** Trains to the end with the bits of a run that was never stopped. */
    public static void main(String[] arguments) throws IOException {
        Path run = Path.of(arguments[0]);
        TrainOptions options = RunRecord.read(run).options();
        try (Trainer trainer =
                Trainer.resume(run, options, Train.job(arguments[1]), event -> System.out.println(event))) {
            trainer.train();
        }
    }
}
