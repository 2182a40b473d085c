package org.resnet4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.graph.Graph;
import org.resnet4j.onnx.OnnxModel;
import org.resnet4j.pass.Passes;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.tensor.DType;
import org.resnet4j.weights.StateDict;

/** Networks as both exporters of PyTorch 2.15 write them give the logits that PyTorch itself computes. */
@Tag("golden")
final class OnnxGoldenTest {
    private static Path folder() {
        String named = System.getenv("RESNET4J_DATA");
        Path folder = (named != null ? Path.of(named) : Path.of("..", "..", "shared", "data"))
                .resolve("golden")
                .resolve("foreign");
        if (!Files.isDirectory(folder)) {
            System.out.println("SKIPPED: golden files are not there; set RESNET4J_DATA to the folder that has them");
        }
        Assumptions.assumeTrue(Files.isDirectory(folder), "golden files are not at " + folder);
        return folder;
    }

    @ParameterizedTest
    @CsvSource({
        "resnet8_option_a, resnet8",
        "tv_basic_folded, tv_basic",
        "tv_basic_batchnorm_kept, tv_basic",
        "tv_basic_dynamo, tv_basic",
        "tv_bottleneck_folded, tv_bottleneck",
        "tv_bottleneck_batchnorm_kept, tv_bottleneck",
        "tv_bottleneck_dynamo, tv_bottleneck",
        "tv_bottleneck_v1_folded, tv_bottleneck_v1",
        "tv_bottleneck_v1_batchnorm_kept, tv_bottleneck_v1",
        "tv_bottleneck_v1_dynamo, tv_bottleneck_v1"
    })
    void logitsArePytorchs(String name, String expected) throws IOException {
        Path folder = folder();
        try (OnnxModel model = OnnxModel.read(folder.resolve(name + ".onnx"));
                StateDict expect = Safetensors.read(folder.resolve(expected + ".expect.safetensors"))) {
            float[] pictures = expect.get("input").toFloats();
            double[] logits = expect.get("logits").toDoubles();
            assertThat(model.graph().outputs().getFirst().name()).isEqualTo("logits");
            Graph fused = Passes.run(model.graph(), Passes.forInference());
            double onednn = Runs.difference(logits, Runs.run(Runs.onednn(), fused, model.tensors(), pictures));
            double reference = Runs.difference(
                    logits, Runs.run(ReferenceBackend.create(), model.graph(), model.tensors(), pictures, DType.F64));
            System.out.printf("%s: onednn %.2e, reference %.2e%n", name, onednn, reference);
            assertThat(onednn).as("onednn").isLessThan(1e-5);
            assertThat(reference).as("reference").isLessThan(1e-5);
        }
    }
}
