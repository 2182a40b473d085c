package org.resnet4j.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.image.ImageFile;
import org.resnet4j.infer.Classifier;

/** How alike two pictures are to a network: WEIGHTS NATIVE_FOLDER PICTURE PICTURE. */
public final class Embed {
    private Embed() {}

    /** Prints the cosine of the angle between their embeddings. */
    public static void main(String[] arguments) throws IOException {
        OnednnBackend backend = OnednnBackend.open(Path.of(arguments[1]), 2);
        try (Classifier network = Classifier.open(Path.of(arguments[0]), backend)) {
            float[] a = network.answer(ImageFile.read(Path.of(arguments[2]))).embedding();
            float[] b = network.answer(ImageFile.read(Path.of(arguments[3]))).embedding();
            System.out.println("cosine " + dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
        }
    }

    private static double dot(float[] a, float[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> (double) a[i] * b[i])
                .sum();
    }
}
