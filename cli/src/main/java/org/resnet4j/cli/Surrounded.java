package org.resnet4j.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command has: its surroundings and where to print. */
abstract class Surrounded implements Callable<Integer> {
    /** Environment, folders, terminal. */
    protected final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by the parser before call()
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this and exit.")
    @SuppressWarnings("UnusedVariable") // the parser looks at it
    private boolean help;

    Surrounded(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The parser that read this command's options. */
    protected CommandLine commandLine() {
        return spec.commandLine();
    }

    /** Standard output. */
    protected PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Standard error. */
    protected PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
