package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.graph.Phase;
import org.resnet4j.image.Filter;
import org.resnet4j.infer.ModelWriter.Format;
import org.resnet4j.json.Json;
import org.resnet4j.pass.Passes;
import org.resnet4j.random.Rng;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.trainer.Initializer;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.weights.StateDict;
import org.resnet4j.weights.WeightsException;
import org.resnet4j.zoo.ImageNetClasses;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;
import org.resnet4j.zoo.Zoo;
import org.resnet4j.zoo.ZooEntry;

/** What is written opens again as the same network, and says what it was made of. */
class ModelWriterTest {
    private static final Map<String, String> MADE_OF = Map.of("name", "a model", "source", "a test");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** Small: one block a stage and few channels. */
    private static ResNetSpec small(String name) {
        ResNetSpec s = Models.residual(name);
        return new ResNetSpec(
                        name,
                        s.stem(),
                        s.block(),
                        List.of(1, 1, 1, 1),
                        List.of(8, 16, 32, 64),
                        s.shortcut(),
                        s.stride(),
                        s.pad(),
                        5,
                        64,
                        false,
                        s.variant().groups() == 1 ? s.variant() : s.variant().withGroups(4, 32))
                .withVariant(v -> v.withStemWidth(64));
    }

    private Path weights(NetworkSpec spec) throws IOException {
        Path file = folder.resolve("weights.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> tensors = new ArrayList<>();
            Networks.graph(spec, Phase.INFERENCE).parameters().forEach(p -> {
                float[] values = Initializer.draw(p, 7);
                Rng rng = Rng.of(3, Rng.key(p.name()));
                if (values.length < 1000) { // batch norms that do something
                    for (int i = 0; i < values.length; i++) {
                        values[i] += (float) rng.nextDouble(0.1, 0.3);
                    }
                }
                tensors.add(NamedTensor.of(p.name(), p.value().type(), values, arena));
            });
            Safetensors.write(file, tensors, ModelWriter.metadata(spec));
        }
        return file;
    }

    private static float[] logits(Path model) throws IOException {
        try (Pretrained opened = Pretrained.open(model);
                Session session = OnednnBackend.open(Path.of("target", "natives"), 1)
                        .compile(Passes.run(Networks.graph(opened.spec(), Phase.INFERENCE), Passes.forInference())
                                .withBatch(1))
                        .open()) {
            opened.fill(session.parameters());
            session.parametersChanged();
            int size = opened.spec().inputSize();
            float[] input = new float[3 * size * size];
            Rng rng = Rng.of(1);
            for (int i = 0; i < input.length; i++) {
                input[i] = (float) rng.nextGaussian();
            }
            session.input("input").set(input);
            session.run();
            return session.output(opened.spec().classifier()).toFloats();
        }
    }

    private void write(Path from, Format format, Path out) throws IOException {
        try (Pretrained model = Pretrained.open(from);
                ModelWriter writer = ModelWriter.of(model)) {
            writer.write(format, out, MADE_OF, false);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, FOLDER, resnet18",
        "resnet50, FOLDER, resnet50",
        "resnet50d, FOLDER, resnet50",
        "seresnet50, FOLDER, seresnet50",
        "resnext50_32x4d, FOLDER, resnet50",
        "resnet18, TRANSFORMERS, resnet",
        "resnet50, TRANSFORMERS, resnet",
        "resnet50, SAFETENSORS, resnet50"
    })
    void opensAgainWithTheSameLogits(String name, Format format, String said) throws IOException {
        Path from = weights(small(name));
        Path out = folder.resolve("out");
        write(from, format, out);
        assertThat(logits(out)).containsExactly(logits(from));
        if (Files.isDirectory(out)) {
            assertThat(out.resolve("config.json")).content().contains("\"" + said + "\"");
            assertThat(out.resolve("labels.txt")).hasContent("0\n1\n2\n3\n4");
            assertThat(out.resolve("provenance.json")).content().contains("a test");
            try (StateDict written = Safetensors.read(out.resolve("model.safetensors"))) {
                assertThat(written.tensors().stream().map(NamedTensor::name))
                        .anyMatch(n -> n.endsWith(".num_batches_tracked"));
            }
        }
    }

    @Test
    void anotherEpsilonAndStrideV1AreCarriedToTransformers() throws IOException {
        ResNetSpec keras = small("resnet50").withStride(Stride.V1).withVariant(v -> v.withEpsilon(1e-3));
        Path from = weights(keras);
        Path ours = folder.resolve("ours");
        Path theirs = folder.resolve("theirs");
        write(from, Format.FOLDER, ours);
        write(from, Format.TRANSFORMERS, theirs);
        float[] expected = logits(from);
        assertThat(logits(ours)).containsExactly(expected);
        assertThat(ours.resolve("config.json")).content().contains("timm and transformers have no such network");
        assertThat(theirs.resolve("config.json")).content().contains("\"downsample_in_bottleneck\":true");
        float[] found = logits(theirs);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-5f * Math.max(1, Math.abs(expected[i]))));
        }
        // timm has stride v1.5 alone, where the epsilon can be carried.
        Path third = folder.resolve("third");
        write(weights(keras.withStride(Stride.V1_5)), Format.FOLDER, third);
        assertThat(third.resolve("config.json")).content().contains("opened_by\":\"resnet4j, timm");
        try (Pretrained model = Pretrained.open(third)) {
            assertThat(((ResNetSpec) model.spec()).variant().epsilon()).isEqualTo(1e-5);
        }
    }

    @Test
    void aNewHeadIsDrawnFromItsSeedAndTheRestStays() throws IOException {
        Path from = weights(small("resnet18"));
        List<float[]> heads = new ArrayList<>();
        for (long seed : new long[] {1, 1, 2}) {
            Path out = folder.resolve("head" + heads.size());
            try (Pretrained model = Pretrained.open(from);
                    ModelWriter writer = ModelWriter.of(model)) {
                writer.newHead(3, seed);
                writer.write(Format.FOLDER, out, MADE_OF, false);
            }
            try (StateDict made = Safetensors.read(out.resolve("model.safetensors"));
                    StateDict before = Safetensors.read(from)) {
                assertThat(made.get("fc.weight").type().shape().dims()).containsExactly(3, 64);
                assertThat(made.get("conv1.weight").toFloats())
                        .containsExactly(before.get("conv1.weight").toFloats());
                heads.add(made.get("fc.weight").toFloats());
            }
            assertThat(out.resolve("labels.txt")).hasContent("0\n1\n2");
        }
        assertThat(heads.get(0)).containsExactly(heads.get(1)).isNotEqualTo(heads.get(2));
    }

    @Test
    void aThousandClassesWithoutNamesHaveThoseOfImageNet() throws IOException {
        Path from = weights(small("resnet18").withClasses(1000));
        write(from, Format.FOLDER, folder.resolve("out"));
        try (Pretrained model = Pretrained.open(folder.resolve("out"))) {
            assertThat(model.namesClasses()).isFalse();
            assertThat(model.classNames()).hasSize(1000).contains("tench, Tinca tinca");
            assertThat(model.classNames().get(999))
                    .isEqualTo(ImageNetClasses.all().get(999).title());
            assertThat(model.classNames()).doesNotHaveDuplicates().contains("crane (bird)", "crane (machine)");
        }
        write(from, Format.TRANSFORMERS, folder.resolve("theirs"));
        Map<String, ?> config = Json.parseObject(Files.readString(folder.resolve("theirs/config.json")));
        assertThat(Json.object(config.get("id2label"), "id2label")).hasSize(1000);
        assertThat(Json.object(config.get("label2id"), "label2id"))
                .hasSize(1000)
                .containsEntry("crane (machine)", 517L)
                .containsEntry("maillot, tank suit", 639L);
    }

    /** Other programs' files call two classes the same. */
    @Test
    void namesOfTwoClassesBecomeDifferent() {
        NetworkSpec thousand = Models.byName("resnet18");
        Preprocessing usual = Preprocessing.usual(thousand);
        List<String> words = ImageNetClasses.all().stream()
                .map(ImageNetClasses.Entry::lemmas)
                .toList();
        assertThat(new ModelConfig(thousand, words, usual).classNames())
                .isEqualTo(ImageNetClasses.all().stream()
                        .map(ImageNetClasses.Entry::title)
                        .toList());
        assertThat(new ModelConfig(thousand.withClasses(4), List.of("x", "y", "x", "z"), usual).classNames())
                .containsExactly("x (0)", "y", "x (2)", "z");
    }

    /** What else lies beside is not touched, and nothing is left where writing failed. */
    @Test
    void foldersBesideAreNobodysButTheirOwners() throws IOException {
        Path from = weights(small("resnet18"));
        Path theirs = Files.createDirectory(folder.resolve("out.tmp"));
        Files.writeString(theirs.resolve("precious"), "of somebody");
        write(from, Format.FOLDER, folder.resolve("out"));
        assertThat(theirs.resolve("precious")).hasContent("of somebody");
        try (Pretrained model = Pretrained.open(from);
                ModelWriter writer = ModelWriter.of(model)) {
            assertThatThrownBy(() -> writer.write(
                            Format.FOLDER, folder.resolve("failed"), Map.of("no JSON", new Object()), false))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        try (Stream<Path> entries = Files.list(folder)) {
            assertThat(entries.map(p -> String.valueOf(p.getFileName())))
                    .containsExactlyInAnyOrder("weights.safetensors", "out", "out.tmp");
        }
    }

    @Test
    void nothingIsReplacedAndWhatAFormatLacksIsSaid() throws IOException {
        Path from = weights(small("resnet18"));
        assertThatThrownBy(() -> write(from, Format.FOLDER, folder)).isInstanceOf(FileAlreadyExistsException.class);
        Path cifar = weights(Models.byName("cifar_resnet8"));
        assertThatThrownBy(() -> write(cifar, Format.TRANSFORMERS, folder.resolve("out")))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("cifar_resnet8: transformers has");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    /** The zoo is data, and the reader of Keras's weights knows by itself what they want: both say the same. */
    @Test
    void theZooSaysTheSameOfPicturesAsTheReader() {
        ZooEntry.Pictures p = Zoo.find(Zoo.KERAS_RESNET50).orElseThrow().preprocessing();
        Filter filter = Filter.valueOf(p.interpolation().toUpperCase(Locale.ROOT));
        assertThat(Preprocessing.usual(Models.byName("resnet50")).withNormalization(Normalization.CAFFE))
                .isEqualTo(new Preprocessing(
                        Transform.Evaluate.torchvision(p.resize(), filter, p.crop()),
                        new Normalization.ChannelStats(p.mean(), p.deviation())));
    }

    /** Every network of ours that has timm's name is said by that name; those which timm lacks by none. */
    @Test
    void namesAreTimms() {
        for (String name : Models.names()) {
            NetworkSpec spec = Models.byName(name);
            boolean known = spec instanceof ResNetSpec && !name.startsWith("cifar_") && !name.startsWith("plain");
            assertThat(TimmName.of(spec.withClasses(3))
                            .map(TimmName::architecture)
                            .orElse("none"))
                    .isEqualTo(known ? name : "none");
        }
        assertThat(TimmName.of(Models.residual("resnet50").withStride(Stride.V1)))
                .isEmpty();
        assertThat(TimmName.of(Models.residual("resnet18").withStride(Stride.V1)))
                .isPresent();
    }
}
