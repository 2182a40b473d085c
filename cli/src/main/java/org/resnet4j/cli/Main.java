package org.resnet4j.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Map;
import org.resnet4j.json.Json;
import org.resnet4j.onednn.NativeLibraryException;
import org.resnet4j.trainer.NonFiniteLossException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;

/** The root command: knows the others, turns what they throw into one line and an exit code. */
@Command(
        name = "resnet",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Trains, evaluates and runs deep residual networks.",
        subcommands = {
            DemoCommand.class,
            TrainCommand.class,
            FinetuneCommand.class,
            EvaluateCommand.class,
            PredictCommand.class,
            QuantizeCommand.class,
            ForwardCommand.class,
            EmbedCommand.class,
            ExplainCommand.class,
            SummaryCommand.class,
            DrawCommand.class,
            InspectCommand.class,
            DataCommand.class,
            ModelCommand.class,
            BenchCommand.class,
            ReproduceCommand.class,
            DoctorCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  resnet demo",
            "  resnet train cifar_resnet20 --data DIR --epochs 10 --out RUN",
            "  resnet summary resnet50",
            "",
            "Exit codes: 0 done, 1 failed or findings, 2 usage, 3 bad input, 130 interrupted."
        })
public final class Main {
    /** Name and version. */
    static final String PROGRAM = "resnet4j 0.1.0-SNAPSHOT";

    /** Failed, or something was found. */
    static final int FAILED = 1;

    /** The command line was not understood. */
    static final int USAGE = 2;

    /** A file or a value cannot be used. */
    static final int BAD_INPUT = 3;

    /** Stopped by a signal. */
    static final int INTERRUPTED = 130;

    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        Surroundings surroundings = new Surroundings(System.getenv(), isTerminal(), System.in);
        int code = run(surroundings, StandardOutput.open(), err, arguments);
        err.flush();
        System.exit(code);
    }

    @SuppressWarnings("SystemConsoleNull") // it is null where the module of the terminal is not among those that run
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /**
     * Runs a command in this process and flushes what it printed.
     *
     * @return its exit code
     */
    public static int run(Surroundings surroundings, PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine line = new CommandLine(new Main(), new Factory(surroundings));
        line.setOut(out);
        line.setErr(err);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExpandAtFiles(false); // a list of pictures begins so
        line.setParameterExceptionHandler(Main::usage);
        line.setExecutionExceptionHandler(new Failures(surroundings));
        line.setExecutionStrategy(result -> {
            try {
                if (result.subcommand() == null && !result.isUsageHelpRequested() && !result.isVersionHelpRequested()) {
                    line.usage(out);
                    return 0;
                }
                return new CommandLine.RunLast().execute(result);
            } catch (StandardOutput.ClosedException e) {
                return closed(e, err);
            }
        });
        int code = line.execute(arguments);
        try {
            out.flush();
            return code;
        } catch (StandardOutput.ClosedException e) {
            return closed(e, err);
        }
    }

    /** Says nothing where a reader such as {@code head} had enough. */
    private static int closed(StandardOutput.ClosedException e, PrintWriter err) {
        if (!e.readerLeft()) {
            err.println("resnet: " + e.getMessage());
        }
        return FAILED;
    }

    /** Gives each command what surrounds it. */
    private record Factory(Surroundings surroundings) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            if (Surrounded.class.isAssignableFrom(type)) {
                return type.cast(type.getDeclaredConstructor(Surroundings.class).newInstance(surroundings));
            }
            return CommandLine.defaultFactory().create(type);
        }
    }

    private static int usage(ParameterException e, String[] arguments) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("resnet: " + e.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println("Try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        }
        return USAGE;
    }

    /** One line for people; the stack only where RESNET4J_DEBUG asks for it. */
    private record Failures(Surroundings surroundings) implements IExecutionExceptionHandler {
        @Override
        public int handleExecutionException(Exception e, CommandLine line, CommandLine.ParseResult result)
                throws Exception {
            PrintWriter err = line.getErr();
            if (e instanceof StandardOutput.ClosedException closed) {
                return closed(closed, err);
            }
            err.println("resnet: " + message(e));
            if (surroundings.debug()) {
                e.printStackTrace(err);
            }
            return switch (e) {
                case NonFiniteLossException _ -> FAILED;
                case NativeLibraryException _ -> FAILED;
                case IllegalArgumentException _ -> BAD_INPUT;
                case IOException _, UncheckedIOException _ -> BAD_INPUT;
                default -> FAILED;
            };
        }

        private static String message(Exception e) {
            return switch (e) {
                case NoSuchFileException n -> n.getFile() + ": no such file";
                case AccessDeniedException a -> a.getFile() + ": no permission to read or write it";
                case FileAlreadyExistsException f -> f.getFile() + ": is in the way; choose another name";
                default -> e.getMessage() == null ? e.toString() : e.getMessage();
            };
        }
    }

    /** The program's version and the Java that runs it. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {PROGRAM + ", Java " + Runtime.version()};
        }
    }

    /** A number for people: 1,234,567. */
    static String grouped(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** A share as a percentage with two decimals. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    /** A number with two decimals. */
    static String two(double n) {
        return String.format(Locale.ROOT, "%.2f", n);
    }

    /** A row of JSON. */
    static String json(Map<String, ?> row) {
        return Json.write(row);
    }
}
