package org.resnet4j.paper;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.resnet4j.engine.Backend;

/**
 * What a study concludes from.
 *
 * @param protocol how far it went
 * @param data what was trained on and what was evaluated, in words that name no path; empty where nothing was trained
 * @param runs finished, of every arm and seed
 * @param backend for what is measured on them
 */
public record Evidence(Protocol protocol, List<String> data, List<Run> runs, Backend backend) {
    /** Copies the lists. */
    public Evidence {
        data = List.copyOf(data);
        runs = List.copyOf(runs);
    }

    /** The runs of the arm of this name, by seed; empty if there is none. */
    public List<Run> of(String arm) {
        return runs.stream().filter(r -> r.arm().name().equals(arm)).toList();
    }

    /** A number of each run of an arm. */
    public Sample sample(String arm, ToDoubleFunction<Run> number) {
        return new Sample(of(arm).stream().mapToDouble(number).boxed().toList());
    }

    /** The arms of which there are runs, in order. */
    public List<Arm> arms() {
        return runs.stream().map(Run::arm).distinct().toList();
    }
}
