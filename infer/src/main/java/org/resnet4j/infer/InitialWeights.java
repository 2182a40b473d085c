package org.resnet4j.infer;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.engine.Layout;
import org.resnet4j.engine.Parameters;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Phase;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.trainer.Start;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/**
 * Starts a training from the weights of a file or folder; a last layer for other classes starts at random.
 *
 * @param from what {@link Pretrained} opens
 * @param spec the network that is trained
 * @param newHead true if the last layer starts at random even where it has as many classes: they are others
 */
public record InitialWeights(Path from, NetworkSpec spec, boolean newHead) implements Start {
    /** A last layer for as many classes is kept. */
    public InitialWeights(Path from, NetworkSpec spec) {
        this(from, spec, false);
    }

    @Override
    public void fill(Graph graph, Parameters parameters, long seed) throws IOException {
        Start.RANDOM.fill(graph, parameters, seed);
        try (Pretrained found = Pretrained.open(from);
                Parameters theirs = Parameters.allocate(requests(graph, found.spec()), false)) {
            found.fill(theirs);
            for (Parameters.Slot slot : theirs.slots()) {
                try (Arena temporary = Arena.ofConfined()) {
                    parameters.set(slot.name(), theirs.plain(slot.name(), temporary));
                }
            }
        }
    }

    /** What of the graph's parameters the file is asked for: all but a last layer for other classes. */
    private List<Parameters.Request> requests(Graph graph, NetworkSpec found) throws WeightsException {
        Map<String, TensorType> theirs = new HashMap<>();
        Networks.graph(found, Phase.INFERENCE)
                .parameters()
                .forEach(p -> theirs.put(p.name(), p.value().type()));
        List<Parameters.Request> requests = new ArrayList<>();
        for (Parameter p : graph.parameters()) {
            TensorType type = p.value().type();
            boolean anew =
                    (newHead || found.classes() != spec.classes()) && p.name().startsWith(spec.classifier() + ".");
            if (!anew && !type.equals(theirs.get(p.name()))) {
                throw new WeightsException(from + ", " + p.name() + ": " + spec.name() + " needs " + type
                        + ", these weights of " + found.name() + " have "
                        + (theirs.containsKey(p.name()) ? theirs.get(p.name()) : "none")
                        + "; train the file's own network");
            }
            if (!anew) {
                requests.add(new Parameters.Request(p.name(), type, false, type.bytes(), Layout.PLAIN));
            }
        }
        return requests;
    }
}
