package org.resnet4j.paper.measure;

import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.paper.Run;

/**
 * A network with weights that is measured.
 *
 * @param name in the paper's words where it is one of the paper's: {@code ResNet-34 B}
 * @param opening opens it, again each time
 */
public record Subject(String name, Opening opening) {
    /** Opens a network with its weights. */
    public interface Opening {
        /** The network; whoever asks closes it. */
        Pretrained open() throws IOException;
    }

    /** Requires both. */
    public Subject {
        Objects.requireNonNull(opening);
        if (name.isBlank()) {
            throw new IllegalArgumentException("a network to measure needs a name, such as ResNet-50=FILE");
        }
    }

    /** The network of a finished run, under its arm's name. */
    public static Subject of(Run run) {
        return new Subject(
                run.arm().name(),
                () -> Pretrained.of(ModelFolder.open(run.folder().resolve("model"))));
    }

    /** True if both are the same name, whatever the case and without spaces and hyphens: {@code resnet34b}. */
    static boolean same(String one, String other) {
        return plain(one).equals(plain(other));
    }

    private static String plain(String words) {
        return words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
