package org.resnet4j.examples;

import java.io.IOException;
import java.nio.file.Path;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.infer.Classifier;

/** Names what is in a picture: MODEL_FOLDER NATIVE_FOLDER PICTURE. */
public final class Classify {
    private Classify() {}

    /** Prints the three likeliest classes. */
    public static void main(String[] arguments) throws IOException {
        OnednnBackend backend = OnednnBackend.open(Path.of(arguments[1]), 2);
        try (Classifier classifier = Classifier.open(Path.of(arguments[0]), backend)) {
            classifier.classify(Path.of(arguments[2]), 3).forEach(System.out::println);
        }
    }
}
