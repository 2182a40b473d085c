package org.resnet4j.engine.onednn;

import java.nio.file.Path;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Plan;
import org.resnet4j.graph.Graph;
import org.resnet4j.onednn.Onednn;

/**
 * Runs graphs of F32 values with oneDNN on the processor.
 *
 * <p>Training graphs should have been through {@code Passes.forTraining} and {@code Gradients}, inference graphs through
 * {@code Passes.forInference}; unfused graphs run too, slower. Safe for use by many threads: sessions that run at the
 * same time compute on threads of their own, with {@code threads} of OpenMP each. Holds no memory, so there is nothing to
 * close. What is chosen depends on the instruction set, the shapes, the number of threads and whether the JDK's vector module
 * is there, so two runs give the same bits.
 */
public final class OnednnBackend implements Backend {
    private final Onednn library;
    private final int threads;
    private final boolean winograd;

    private OnednnBackend(Onednn library, int threads, boolean winograd) {
        this.library = library;
        this.threads = threads;
        this.winograd = winograd;
    }

    /**
     * A backend on the library, which is unpacked to {@code nativeFolder} if it is not there yet.
     *
     * @param threads OpenMP threads of a run, at least 1
     */
    public static OnednnBackend open(Path nativeFolder, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a session needs at least 1 thread, found " + threads);
        }
        return new OnednnBackend(Onednn.open(nativeFolder), threads, true);
    }

    /**
     * This backend with or without Winograd's algorithm for 3x3 convolutions of stride 1, which is the default and needs the
     * JDK's vector module ({@code --add-modules jdk.incubator.vector}): faster, and its results differ from the direct ones by a
     * few units of rounding more.
     */
    public OnednnBackend withWinograd(boolean allowed) {
        return new OnednnBackend(library, threads, allowed);
    }

    @Override
    public String name() {
        return "onednn";
    }

    /** OpenMP threads of each session. */
    public int threads() {
        return threads;
    }

    @Override
    public Plan compile(Graph graph) {
        Lowering.requireSupported(graph);
        Blocking blocking = Blocking.of(graph);
        OnednnPlan[] made = new OnednnPlan[1];
        computeThreads().run(_ -> {
            try (Lowering lowering = lower(blocking.graph())) {
                made[0] = OnednnPlan.of(this, graph, blocking, lowering);
            }
        });
        return made[0];
    }

    /** Version of oneDNN. */
    public String version() {
        return library.version();
    }

    /** The best instruction set that oneDNN uses here, such as {@code avx512_core_bf16}. */
    public String instructionSet() {
        return library.instructionSet();
    }

    Onednn library() {
        return library;
    }

    /** Threads whose OpenMP teams have this backend's size. */
    ComputeThreads computeThreads() {
        return ComputeThreads.of(library, threads);
    }

    /** Lowers on the calling thread, which must have this backend's number of OpenMP threads. */
    Lowering lower(Graph graph) {
        Primitives primitives = new Primitives(library);
        try {
            return Lowering.of(graph, primitives, winograd);
        } catch (RuntimeException | Error e) {
            primitives.close();
            throw e;
        }
    }
}
