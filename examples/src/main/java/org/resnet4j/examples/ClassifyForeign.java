package org.resnet4j.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.infer.Classifier;

/** Names what is in pictures with weights of PyTorch, timm, transformers or Keras: WEIGHTS NATIVE_FOLDER PICTURE... */
public final class ClassifyForeign {
    private ClassifyForeign() {}

    /** Prints the likeliest class of each picture; many are run at a time. */
    public static void main(String[] arguments) throws IOException {
        OnednnBackend backend = OnednnBackend.open(Path.of(arguments[1]), 2);
        List<Path> pictures = Stream.of(arguments).skip(2).map(Path::of).toList();
        try (Classifier classifier = Classifier.open(Path.of(arguments[0]), backend)) {
            classifier.classify(pictures, 1).forEach(System.out::println);
        }
    }
}
