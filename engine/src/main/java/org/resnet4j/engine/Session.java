package org.resnet4j.engine;

import java.util.Optional;

/**
 * A plan with memory: runs the same steps again and again without allocating.
 *
 * <p>Use: fill {@link #input}s, {@link #run}, read {@link #output}s. A session is used by one thread at a time; a backend may
 * compute on a thread of its own. The session owns its memory and its parameters and frees both at {@link #close}; views are
 * dead then. A close from another thread waits for the run that is under way. After close every call but {@code close} itself
 * throws {@link IllegalStateException}.
 */
public interface Session extends AutoCloseable {
    /** What this session runs. */
    Plan plan();

    /** Parameters, buffers and their gradients. After changing them call {@link #parametersChanged}. */
    Parameters parameters();

    /** An input, plain and row-major; keeps its content from run to run. */
    TensorView input(String name);

    /** An output, plain and row-major; valid from the end of a run to the start of the next. */
    TensorView output(String name);

    /**
     * Redoes what depends on parameters only, such as folding batch norm. In a plan with gradients that are the parameters that it has
     * none for: an optimiser that moves the others need not call this.
     */
    void parametersChanged();

    /** Runs the plan once; gradients are then in {@link #parameters} and updated buffers in place. */
    void run();

    /**
     * Runs the plan again, looking at every result as it is made: where a number first stops being finite.
     *
     * @return the node and value, or empty if all is finite
     */
    Optional<String> firstNonFinite();

    /**
     * Runs the plan {@code runs} times with a clock around every step, on whatever the inputs hold.
     *
     * @return nanoseconds of one run, the mean over the runs, for each of the plan's rows
     */
    long[] profile(int runs);

    @Override
    void close();
}
