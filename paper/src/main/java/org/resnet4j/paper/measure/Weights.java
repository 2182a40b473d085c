package org.resnet4j.paper.measure;

import java.io.IOException;
import org.resnet4j.engine.Parameters;
import org.resnet4j.graph.Graph;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.trainer.Initializer;

/**
 * Where the numbers of a network come from.
 *
 * @param words for people: {@code at the start, seed 1}
 * @param filling sets them
 */
public record Weights(String words, Filling filling) {
    /** Sets parameters. */
    public interface Filling {
        /** Sets every parameter of a session of {@code graph}. */
        void fill(Graph graph, Parameters parameters) throws IOException;
    }

    /** Those that training would start from with this seed. */
    public static Weights initial(long seed) {
        return new Weights(
                "at the start, seed " + seed, (graph, parameters) -> Initializer.fill(graph, parameters, seed));
    }

    /** Those of a model, which stays open as long as these are used. */
    public static Weights trained(Pretrained model) {
        return new Weights("trained", (_, parameters) -> model.fill(parameters));
    }
}
