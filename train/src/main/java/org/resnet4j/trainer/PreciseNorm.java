package org.resnet4j.trainer;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.engine.Parameters;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Value;
import org.resnet4j.loader.BatchLoader;

/**
 * Batch norm's statistics as true averages over batches with the weights as they are, instead of moving ones: how the paper's authors
 * made those that they released. Each buffer is set to the mean of the batches' means or unbiased variances. Stateless.
 */
final class PreciseNorm {
    private PreciseNorm() {}

    /** A buffer that training moves, by how much, and what its batches add up to. */
    private record Buffer(MemorySegment stored, double momentum, double[] sum) {}

    /** Replaces the running statistics in the stepper's session; weights, optimiser and average stay. */
    static void estimate(Stepper stepper, BatchLoader loader, int batches) throws IOException {
        List<Buffer> buffers = buffers(stepper.session().plan().graph(), stepper.parameters());
        for (int i = 0; i < batches; i++) {
            stepper.feed().pictures(loader.next(), -1 - i);
            buffers.forEach(b -> b.stored().fill((byte) 0)); // so that a batch leaves momentum times its own behind
            stepper.session().run();
            for (Buffer b : buffers) {
                for (int k = 0; k < b.sum().length; k++) {
                    b.sum()[k] += b.stored().getAtIndex(ValueLayout.JAVA_FLOAT, k) / b.momentum();
                }
            }
        }
        for (Buffer b : buffers) {
            for (int k = 0; k < b.sum().length; k++) {
                b.stored().setAtIndex(ValueLayout.JAVA_FLOAT, k, (float) (b.sum()[k] / batches));
            }
        }
        stepper.session().parametersChanged();
    }

    private static List<Buffer> buffers(Graph graph, Parameters parameters) {
        Map<Value, Node> producers = graph.producers();
        Map<Value, Double> momentum = new HashMap<>();
        for (Graph.Binding update : graph.updates()) {
            Node node = producers.get(update.value());
            if (node != null && node.op() instanceof Op.BatchNorm norm) {
                momentum.put(update.parameter(), norm.momentum());
            }
        }
        List<Buffer> buffers = new ArrayList<>();
        momentum.forEach((value, share) -> {
            // Stored elements, whatever their order: the average is one by one.
            MemorySegment stored = parameters.stored(parameters.slot(value.name()));
            buffers.add(new Buffer(stored, share, new double[Math.toIntExact(stored.byteSize() / Float.BYTES)]));
        });
        return buffers;
    }
}
