package org.resnet4j.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Java process of its own that runs a test class's {@code main} on this process's class path: for what cannot be tried in the
 * process of the tests, such as another garbage collector, a limit on memory or a crash. Immutable.
 *
 * @param main whose {@code main} runs
 * @param options of the virtual machine
 * @param environment variables added to this process's own
 * @param ulimit what the shell's {@code ulimit} is given before the start, such as {@code -v 4000000}; empty for none
 */
public record ChildJava(Class<?> main, List<String> options, Map<String, String> environment, String ulimit) {
    private static final long MINUTES = 9;

    /** Copies. */
    public ChildJava {
        options = List.copyOf(options);
        environment = Map.copyOf(environment);
    }

    /**
     * How it ended.
     *
     * @param exit code; 128 and more is a signal
     * @param output both streams together
     */
    public record Ended(int exit, String output) {
        /** The rest of the last line that begins with this word and a space; throws {@link AssertionError} if there is none. */
        public String said(String word) {
            return output.lines()
                    .filter(l -> l.startsWith(word + " "))
                    .reduce((_, b) -> b)
                    .map(l -> l.substring(word.length() + 1))
                    .orElseThrow(() -> new AssertionError(
                            "the child said nothing of " + word + "; exit code " + exit + ", output:\n" + output));
        }
    }

    /** A child that may call native code, without anything else. */
    public static ChildJava of(Class<?> main) {
        return new ChildJava(main, List.of("--enable-native-access=ALL-UNNAMED"), Map.of(), "");
    }

    /** A child that is quick to start rather than to compute, to be killed or to hold what another wants. */
    public static ChildJava quick(Class<?> main) {
        return of(main).with("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xshare:auto");
    }

    /** This child with further options of the virtual machine. */
    public ChildJava with(String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return new ChildJava(main, all, environment, ulimit);
    }

    /** This child with these variables. */
    public ChildJava withEnvironment(Map<String, String> variables) {
        return new ChildJava(main, options, variables, ulimit);
    }

    /** This child under a limit. */
    public ChildJava withUlimit(String limit) {
        return new ChildJava(main, options, environment, limit);
    }

    /** Everything that this process loads classes from, modules and patches of modules included. */
    public static String classPath() {
        Set<String> entries = new LinkedHashSet<>();
        entries.add(Path.of("target", "test-classes").toString());
        entries.add(Path.of("target", "classes").toString());
        Stream.of("java.class.path", "jdk.module.path")
                .map(System::getProperty)
                .filter(p -> p != null && !p.isEmpty())
                .forEach(p -> entries.addAll(List.of(p.split(File.pathSeparator))));
        return String.join(File.pathSeparator, entries);
    }

    /** Starts it with its streams going to {@code output}. */
    public Process start(Path output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (!ulimit.isEmpty()) {
            command.addAll(List.of("sh", "-c", "ulimit " + ulimit + " && exec \"$@\"", "sh"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs it to its end; one that takes longer than nine minutes is killed. */
    public Ended run(String... arguments) throws IOException {
        Path output = Files.createTempFile("child", ".txt");
        try {
            Process child = start(output, arguments);
            if (!child.waitFor(MINUTES, TimeUnit.MINUTES)) {
                child.destroyForcibly().waitFor();
            }
            return new Ended(child.exitValue(), Files.readString(output));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a child ran", e);
        } finally {
            Files.delete(output);
        }
    }
}
