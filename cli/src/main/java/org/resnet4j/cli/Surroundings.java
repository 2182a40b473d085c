package org.resnet4j.cli;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.resnet4j.engine.onednn.OnednnBackend;

/**
 * What a command finds around it; read once, here.
 *
 * @param environment variables by name
 * @param terminal true if a person is watching standard output
 * @param input standard input; read by whoever names it, never closed
 */
public record Surroundings(Map<String, String> environment, boolean terminal, InputStream input) {
    /** With nothing on standard input. */
    public Surroundings(Map<String, String> environment, boolean terminal) {
        this(environment, terminal, InputStream.nullInputStream());
    }

    /** Copies the map. */
    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /** Where this program keeps what it fetched: RESNET4J_HOME, or .cache/resnet4j in the user's home. */
    Path home() {
        // Java's user.home is the system's, whatever HOME says; people and their shells mean HOME.
        return named("RESNET4J_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(named("HOME").orElse(System.getProperty("user.home")), ".cache", "resnet4j"));
    }

    private Optional<String> named(String variable) {
        return Optional.ofNullable(environment.get(variable)).filter(v -> !v.isBlank());
    }

    /** Where the native libraries are unpacked to. */
    Path natives() {
        return home().resolve("native");
    }

    /** Where CIFAR-10 is put. */
    Path cifar10() {
        return home().resolve("data").resolve("cifar-10-batches-bin");
    }

    boolean debug() {
        return environment.containsKey("RESNET4J_DEBUG");
    }

    /** The fast backend with this many threads; 0 for one a processor. */
    OnednnBackend backend(int threads) {
        return OnednnBackend.open(natives(), threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
    }
}
