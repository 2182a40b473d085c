package org.resnet4j.paper;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.resnet4j.engine.Backend;
import org.resnet4j.record.Provenance;
import org.resnet4j.trainer.TrainEvent;
import org.resnet4j.trainer.TrainOutcome;
import org.resnet4j.trainer.Trainer;

/** What the program around an experiment does for it: it knows the options of training by their names, and the person who watches. */
public interface Laboratory {
    /**
     * The training that these words after {@code resnet train} ask for; starts nothing.
     *
     * @throws IllegalArgumentException if they ask for none
     */
    Training prepare(List<String> words) throws IOException;

    /** Trains to the end, or until a person stops it. */
    TrainOutcome train(Trainer trainer) throws IOException;

    /** Told before a run whose result is there already. */
    void reused(Turn turn);

    /** Told before a run that is begun or goes on; what it gives hears of its steps. */
    Consumer<TrainEvent> watch(Turn turn);

    /** What measures trained networks. */
    Backend backend();

    /** Of this process. */
    Provenance provenance();
}
