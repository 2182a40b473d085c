package org.resnet4j.engine.reference;

import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.PlanException;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Parameter;
import org.resnet4j.graph.Value;
import org.resnet4j.tensor.DType;

/**
 * Runs graphs by plain Java loops: slow, obvious, and right.
 *
 * <p>Values are F32 or, after {@code graph.withFloats(DType.F64)}, F64; sums are always in double and each result of type F32 is
 * rounded once. The numbers of a step are Java arrays that live as long as the session; they are what
 * {@link Plan#activationBytes} counts, eight bytes an element whatever the type. Kernels may allocate while they run. Safe for
 * use by many threads. Throws {@link PlanException} for a graph whose batch is not fixed, with elements of another type, or with
 * a value of more elements than a Java array holds.
 */
public final class ReferenceBackend implements Backend {
    private ReferenceBackend() {}

    /** The backend; it has no settings. */
    public static ReferenceBackend create() {
        return new ReferenceBackend();
    }

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public Plan compile(Graph graph) {
        graph.inputs().forEach(v -> check(graph, v));
        graph.parameters().stream().map(Parameter::value).forEach(v -> checkParameter(graph, v));
        graph.nodes().forEach(n -> n.outputs().forEach(v -> check(graph, v)));
        graph.outputs().forEach(v -> checkOutput(graph, v));
        return new ReferencePlan(graph);
    }

    private static void checkParameter(Graph graph, Value v) {
        check(graph, v);
        requireFloating(graph, v, "parameter");
    }

    private static void checkOutput(Graph graph, Value v) {
        requireFloating(graph, v, "output");
    }

    private static void requireFloating(Graph graph, Value v, String what) {
        if (v.type().dtype() != DType.F32 && v.type().dtype() != DType.F64) {
            throw new PlanException(
                    graph.name() + ", " + v.name() + ": a " + what + " here is f32 or f64, found " + v.type());
        }
    }

    private static void check(Graph graph, Value v) {
        String where = graph.name() + ", " + v.name() + ": ";
        switch (v.type().dtype()) {
            case F32, F64, BF16, S32, S64, S8, U8 -> {}
            case F16 ->
                throw new PlanException(
                        where + "the reference computes in f32, f64, bf16 and bytes, found " + v.type());
        }
        if (v.type().shape().isSymbolic()) {
            throw new PlanException(
                    where + "a plan needs a fixed batch, found " + v.type() + "; call graph.withBatch(n)");
        }
        if (v.type().shape().elements() > Integer.MAX_VALUE - 8) {
            throw new PlanException(where + "a Java array holds at most 2^31 - 9 elements, found " + v.type());
        }
    }
}
