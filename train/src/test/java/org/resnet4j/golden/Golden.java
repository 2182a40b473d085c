package org.resnet4j.golden;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Where the golden files lie, and the real pictures that some of them are made from. */
final class Golden {
    private Golden() {}

    /** Where real data lies, or the test is skipped with a visible message. */
    static Path data() {
        String named = System.getenv("RESNET4J_DATA");
        Path folder = named != null ? Path.of(named) : Path.of("..", "..", "shared", "data");
        if (!Files.isDirectory(folder)) {
            System.out.println("SKIPPED: golden files are not there; set RESNET4J_DATA to the folder that has them");
        }
        Assumptions.assumeTrue(Files.isDirectory(folder), "golden files are not at " + folder);
        return folder;
    }

    /** Images and labels of batch {@code step} of CIFAR-10's first file, normalised by ImageNet's statistics in float32. */
    static float[] images(Path data, int step, int n, int[] labels) throws IOException {
        byte[] raw = Files.readAllBytes(data.resolve("cifar-10-batches-bin/data_batch_1.bin"));
        float[] mean = {0.485f, 0.456f, 0.406f};
        float[] std = {0.229f, 0.224f, 0.225f};
        float[] out = new float[n * 3072];
        for (int i = 0; i < n; i++) {
            int at = (step * n + i) * 3073;
            labels[i] = raw[at];
            for (int p = 0; p < 3072; p++) {
                int c = p / 1024;
                out[i * 3072 + p] = ((raw[at + 1 + p] & 0xff) / 255f - mean[c]) / std[c];
            }
        }
        return out;
    }
}
