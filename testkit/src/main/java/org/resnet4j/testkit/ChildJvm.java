package org.resnet4j.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Starts a class of a test as a process of its own, to be killed or to hold what another wants. Stateless. */
public final class ChildJvm {
    private ChildJvm() {}

    /**
     * Starts {@code main} with everything that the running test sees on the class path. Quick to start rather than to compute.
     *
     * @param output takes what it prints, errors too; written anew
     */
    public static Process start(Class<?> main, Path output, String... arguments) throws IOException {
        String classPath = Stream.of("java.class.path", "jdk.module.path")
                .map(System::getProperty)
                .filter(Objects::nonNull)
                .reduce(Path.of("target", "test-classes").toString(), (a, b) -> a + File.pathSeparator + b);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }
}
