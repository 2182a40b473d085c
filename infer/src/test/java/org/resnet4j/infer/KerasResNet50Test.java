package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.graph.Phase;
import org.resnet4j.image.Image;
import org.resnet4j.npy.Npy;
import org.resnet4j.pass.Passes;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.StateDict;
import org.resnet4j.zoo.Networks;

/**
 * Keras's ResNet-50 for ImageNet gives the logits that NumPy computed from its weights. The weights are 100 MB and not among the
 * data: {@code ./resnet model get resnet50.keras_in1k} puts them where this looks (RESNET4J_HOME, if set), or RESNET4J_KERAS_RESNET50 names their folder, in
 * TensorFlow.js's form or in ours.
 */
class KerasResNet50Test {
    private static final int PICTURES = 20;
    private static final int SIZE = 224;
    private static final int CLASSES = 1000;

    private static Path present(String what, Path folder, String hint) {
        if (!Files.isDirectory(folder)) {
            System.out.println("SKIPPED: " + what + " is not at " + folder + "; " + hint);
        }
        Assumptions.assumeTrue(Files.isDirectory(folder), what + " is not at " + folder);
        return folder;
    }

    private static Path weights() {
        String named = System.getenv("RESNET4J_KERAS_RESNET50");
        String home = System.getenv("RESNET4J_HOME");
        String user = Objects.requireNonNullElse(System.getenv("HOME"), System.getProperty("user.home"));
        Path cache = home != null ? Path.of(home) : Path.of(user, ".cache", "resnet4j");
        Path folder = named != null ? Path.of(named) : cache.resolve("models").resolve("resnet50.keras_in1k");
        return present(
                "Keras's ResNet-50",
                folder,
                "run './resnet model get resnet50.keras_in1k' or set RESNET4J_KERAS_RESNET50 to its folder");
    }

    private static Path golden() {
        String named = System.getenv("RESNET4J_DATA");
        Path data = named != null ? Path.of(named) : Path.of("..", "..", "shared", "data");
        return present("golden data", data.resolve("golden"), "set RESNET4J_DATA to the folder that has it");
    }

    @Test
    void logitsAreNumPys() throws IOException {
        Path golden = golden();
        Backend backend = OnednnBackend.open(Path.of("target", "natives"), 2);
        try (Pretrained model = Pretrained.open(weights());
                StateDict pictures = Npy.read(golden.resolve("keras_resnet50_input_u8_nhwc_rgb.npy"), Limits.DEFAULT);
                StateDict expected = Npy.read(golden.resolve("keras_resnet50_logits.npy"), Limits.DEFAULT);
                Session session = backend.compile(
                                Passes.run(Networks.graph(model.spec(), Phase.INFERENCE), Passes.forInference())
                                        .withBatch(1))
                        .open()) {
            model.fill(session.parameters());
            session.parametersChanged();
            MemorySegment bytes = pictures.tensors().getFirst().data();
            float[] logits = expected.tensors().getFirst().toFloats();
            double worst = 0;
            for (int i = 0; i < PICTURES; i++) {
                byte[] rgb = bytes.asSlice((long) i * SIZE * SIZE * 3, SIZE * SIZE * 3)
                        .toArray(ValueLayout.JAVA_BYTE);
                model.preprocessing()
                        .normalization()
                        .write(
                                new Image(SIZE, SIZE, rgb),
                                session.input("input").segment(),
                                0);
                session.run();
                float[] found = session.output(model.spec().classifier()).toFloats();
                assertThat(found).hasSize(CLASSES);
                for (int c = 0; c < CLASSES; c++) {
                    worst = Math.max(worst, Math.abs(found[c] - logits[i * CLASSES + c]));
                }
                assertThat(top(found, 0)).as("picture " + i).isEqualTo(top(logits, i * CLASSES));
            }
            assertThat(worst).as("largest difference of a logit").isLessThanOrEqualTo(1e-3);
            System.out.println("Keras's ResNet-50: largest difference of a logit " + worst);
        }
    }

    private static int top(float[] logits, int from) {
        int best = 0;
        for (int c = 1; c < CLASSES; c++) {
            best = logits[from + c] > logits[from + best] ? c : best;
        }
        return best;
    }
}
