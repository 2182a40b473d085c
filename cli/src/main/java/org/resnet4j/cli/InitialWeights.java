package org.resnet4j.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.engine.Layout;
import org.resnet4j.engine.Parameters;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Parameter;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.trainer.Start;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.NetworkSpec;

/**
 * Starts from the weights of a file or folder; a last layer for another number of classes starts at random.
 *
 * @param from what {@link Pretrained} opens
 * @param spec the network that is trained
 */
record InitialWeights(Path from, NetworkSpec spec) implements Start {
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

    /** What of the graph's parameters the file is asked for. */
    private List<Parameters.Request> requests(Graph graph, NetworkSpec found) throws WeightsException {
        boolean newHead = found.classes() != spec.classes();
        List<Parameters.Request> requests = new ArrayList<>();
        for (Parameter p : graph.parameters()) {
            if (!newHead || !p.name().startsWith(spec.classifier() + ".")) {
                requests.add(new Parameters.Request(
                        p.name(), p.value().type(), false, p.value().type().bytes(), Layout.PLAIN));
            }
        }
        if (!found.withClasses(spec.classes())
                .withInputSize(spec.inputSize())
                .withName(spec.name())
                .equals(spec)) {
            throw new WeightsException(from + ": holds weights of " + found.name() + ", the network to train is "
                    + spec.name() + "; name the file's own network, with its switches");
        }
        return requests;
    }
}
