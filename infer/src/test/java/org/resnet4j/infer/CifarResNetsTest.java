package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.graph.Phase;
import org.resnet4j.npy.Npy;
import org.resnet4j.pass.Passes;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.StateDict;
import org.resnet4j.zoo.Networks;

/** The CIFAR-10 networks of akamaster/pytorch_resnet_cifar10 give the logits that NumPy computed from their files. */
class CifarResNetsTest {
    private static final int PICTURES = 512;
    private static final int BATCH = 64;
    private static final int PICTURE = 3 * 32 * 32;

    private static Path data() {
        String named = System.getenv("RESNET4J_DATA");
        Path data = named != null ? Path.of(named) : Path.of("..", "..", "shared", "data");
        boolean there = Files.isDirectory(data.resolve("cifar10-weights"))
                && Files.isDirectory(data.resolve("golden"))
                && Files.isDirectory(data.resolve("cifar-10-batches-bin"));
        if (!there) {
            System.out.println("SKIPPED: CIFAR-10, its weights and golden data are not at " + data
                    + "; set RESNET4J_DATA to the folder that has them");
        }
        Assumptions.assumeTrue(there, "CIFAR-10, its weights and golden data are not at " + data);
        return data;
    }

    @ParameterizedTest
    @CsvSource({"resnet20-12fca82f.th, cifar_resnet20", "resnet32-d509ac18.th, cifar_resnet32"})
    void logitsAreNumPys(String file, String network) throws IOException {
        Path data = data();
        Backend backend = OnednnBackend.open(Path.of("target", "natives"), 2);
        Path golden = data.resolve("golden").resolve(network + "_logits_first512.npy");
        Dataset pictures = Datasets.open(data.resolve("cifar-10-batches-bin").toString(), Part.TEST);
        try (Pretrained model = Pretrained.open(data.resolve("cifar10-weights").resolve(file));
                StateDict expected = Npy.read(golden, Limits.DEFAULT);
                Session session = backend.compile(
                                Passes.run(Networks.graph(model.spec(), Phase.INFERENCE), Passes.forInference())
                                        .withBatch(BATCH))
                        .open()) {
            assertThat(model.spec().name()).isEqualTo(network);
            model.fill(session.parameters());
            session.parametersChanged();
            float[] logits = expected.tensors().getFirst().toFloats();
            assertThat(logits).hasSize(PICTURES * 10);
            double worst = 0;
            for (int from = 0; from < PICTURES; from += BATCH) {
                for (int i = 0; i < BATCH; i++) {
                    model.preprocessing()
                            .normalization()
                            .write(
                                    pictures.image(from + i),
                                    session.input("input").segment(),
                                    (long) i * PICTURE * Float.BYTES);
                }
                session.run();
                float[] found = session.output(model.spec().classifier()).toFloats();
                for (int i = 0; i < found.length; i++) {
                    worst = Math.max(worst, Math.abs(found[i] - logits[from * 10 + i]));
                }
            }
            assertThat(worst).as("largest difference of a logit").isLessThanOrEqualTo(1e-4);
            System.out.println(network + ": largest difference of a logit " + worst);
        }
    }
}
