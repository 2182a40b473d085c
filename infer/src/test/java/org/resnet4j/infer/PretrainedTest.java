package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.graph.Phase;
import org.resnet4j.pass.Passes;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/** Files and folders of other programs give the logits that those programs give. */
class PretrainedTest {
    private static Path foreign() {
        String named = System.getenv("RESNET4J_DATA");
        Path data = named != null ? Path.of(named) : Path.of("..", "..", "shared", "data");
        Path folder = data.resolve("golden").resolve("foreign");
        if (!Files.isDirectory(folder)) {
            System.out.println("SKIPPED: foreign weights are not there; set RESNET4J_DATA to the folder that has them");
        }
        Assumptions.assumeTrue(Files.isDirectory(folder), "foreign weights are not at " + folder);
        return folder;
    }

    @ParameterizedTest
    @CsvSource({
        "state_dict_zip.pth, resnet8_before_step, 1e-5",
        "state_dict_legacy.pth, resnet8_before_step, 1e-5",
        "data_parallel_legacy.th, resnet8_before_step, 1e-5",
        "torchvision_checkpoint.pth, resnet8, 1e-5",
        "timm_checkpoint_numpy_scalar.pth.tar, resnet8, 1e-5",
        "one_shared_storage_offsets.pth, resnet8, 1e-5",
        "channels_last_strides.pth, resnet8, 1e-5",
        "resnet8.safetensors, resnet8, 1e-5",
        "state_dict_f16.pth, resnet8, 1e-4",
        "state_dict_bf16.pth, resnet8, 1e-3",
        "resnet8_bf16.safetensors, resnet8, 1e-3",
        "tv_basic.pth, tv_basic, 1e-5",
        "tv_bottleneck.pth, tv_bottleneck, 1e-5",
        "tv_bottleneck_v1.pth, tv_bottleneck_v1, 1e-5",
        "timm_resnet18, timm_resnet18, 1e-5",
        "timm_resnet50, timm_resnet50, 1e-5",
        "timm_resnet50d, timm_resnet50d, 1e-5",
        "timm_resnext50_32x4d, timm_resnext50_32x4d, 1e-5",
        "timm_seresnet50, timm_seresnet50, 1e-5",
        "transformers_basic, transformers_basic, 1e-5",
        "transformers_bottleneck_v1, transformers_bottleneck_v1, 1e-5",
        "transformers_bottleneck_v15, transformers_bottleneck_v15, 1e-5"
    })
    void logitsAreTheirs(String file, String expected, double bound) throws IOException {
        Path folder = foreign();
        Pretrained.Choice choice = file.equals("tv_bottleneck_v1.pth")
                ? new Pretrained.Choice(null, Stride.V1, null, false)
                : Pretrained.Choice.NONE;
        try (Pretrained model = Pretrained.open(folder.resolve(file), choice);
                StateDict truth = Safetensors.read(folder.resolve(expected + ".expect.safetensors"))) {
            NamedTensor input = truth.get("input");
            double[] logits = truth.get("logits").toDoubles();
            double[] found = run(model, input);
            double largest = 1;
            double worst = 0;
            for (int i = 0; i < logits.length; i++) {
                largest = Math.max(largest, Math.abs(logits[i]));
                worst = Math.max(worst, Math.abs(logits[i] - found[i]));
            }
            assertThat(found).hasSameSizeAs(logits);
            assertThat(worst).as(file + ": " + model.notes()).isLessThan(bound * largest);
        }
    }

    private static double[] run(Pretrained model, NamedTensor input) throws IOException {
        Backend backend = OnednnBackend.open(Path.of("target", "natives"), 2);
        NetworkSpec spec = model.spec().withInputSize(input.type().shape().intDim(2));
        try (Session session = backend.compile(Passes.run(Networks.graph(spec, Phase.INFERENCE), Passes.forInference())
                        .withBatch(input.type().shape().intDim(0)))
                .open()) {
            model.fill(session.parameters());
            session.parametersChanged();
            session.input("input").set(input.toFloats());
            session.run();
            return session.output(spec.classifier()).toDoubles();
        }
    }

    @Test
    void aWholeModuleIsRefusedByItsClass() {
        assertThatThrownBy(() -> Pretrained.open(foreign().resolve("whole_module_refused.pth")))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("make_golden.Net");
    }

    @Test
    void whatDoesNotFitIsListedWhole(@TempDir Path folder) throws IOException {
        NetworkSpec spec = Models.byName("cifar_resnet8");
        Path file = folder.resolve("w.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> tensors = new ArrayList<>();
            Networks.graph(spec, Phase.INFERENCE).parameters().stream()
                    .filter(p -> !p.name().equals("bn1.bias"))
                    .forEach(p -> tensors.add(new NamedTensor(
                            p.name(),
                            p.value().type(),
                            arena.allocate(p.value().type().bytes()))));
            Safetensors.write(file, tensors, Map.of());
        }
        assertThatThrownBy(() -> Pretrained.open(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("no network that is known");
        assertThatThrownBy(() -> Pretrained.open(file, Pretrained.Choice.of(spec)))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("1 missing in the file: bn1.bias");
    }

    @Test
    void weightsOfAnotherNetworkSayWhose(@TempDir Path folder) throws IOException {
        Path file = TinyModel.in(folder).weights();
        assertThatThrownBy(() -> Pretrained.open(file, Pretrained.Choice.of(Models.byName("cifar_resnet8"))))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("missing in the file: layer3.0.conv1.weight")
                .hasMessageEndingWith("the weights look like custom with 4 classes");
    }
}
