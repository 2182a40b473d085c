package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher finds a JDK that suits, without starting one, and tells other scripts which. */
@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {
    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void aHomeThatSuits() throws IOException {
        home = folder.resolve("a jdk");
        Files.createDirectories(home.resolve("bin"));
        for (String program : new String[] {"java", "javac"}) {
            Path file = Files.writeString(home.resolve("bin").resolve(program), "#!/bin/sh\nexit 9\n");
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
    }

    private String printJdk() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "../resnet", "--print-jdk");
        builder.environment().put("RESNET4J_JAVA_HOME", home.toString());
        Process process = builder.redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return printed.strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"25.0.3", "25.0.9", "25.0.10", "25.1.2"})
    void takesWhatSuits(String version) throws IOException, InterruptedException {
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        assertThat(printJdk()).isEqualTo(home.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"17.0.1", "25", "25.0.2", "26.0.3", "2.25.0.3"})
    void passesOverWhatDoesNot(String version) throws IOException, InterruptedException {
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        assertThat(printJdk()).isNotEqualTo(home.toString());
    }

    @Test
    void aRuntimeWithoutACompilerIsNone() throws IOException, InterruptedException {
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
        Files.delete(home.resolve("bin").resolve("javac"));
        assertThat(printJdk()).isNotEqualTo(home.toString());
    }
}
