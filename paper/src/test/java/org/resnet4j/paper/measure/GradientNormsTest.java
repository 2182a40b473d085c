package org.resnet4j.paper.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.infer.Preprocessing;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.loader.Batch;
import org.resnet4j.loader.BatchLoader;
import org.resnet4j.loader.LoaderOptions;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.trainer.Initializer;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.Networks;

/** Norms are the oracle's, by another way than that which is measured: from the gradient by the logits, computed by hand. */
final class GradientNormsTest {
    private static final int BATCH = 12;
    private static final long SEED = 3;

    @TempDir
    Path folder;

    private static GradientNorms.Sample sample(ResNetSpec spec, int pictures, int batches) {
        return new GradientNorms.Sample(Tiny.pictures(pictures), Preprocessing.usual(spec), BATCH, batches, SEED);
    }

    private static double norm(double[] numbers) {
        double squares = 0;
        for (double x : numbers) {
            squares += x * x;
        }
        return Math.sqrt(squares);
    }

    @ParameterizedTest
    @EnumSource(Shortcut.class)
    void normsAreTheOracles(Shortcut shortcut) throws IOException {
        ResNetSpec spec = Tiny.network(shortcut);
        GradientNorms found = GradientNorms.of(spec, Weights.initial(SEED), sample(spec, BATCH, 1), Tiny.onednn(), 0);
        assertThat(found.batch()).isEqualTo(BATCH);
        assertThat(found.batches()).isEqualTo(1);
        assertThat(found.layers()).hasSize(9);
        Graph network = Networks.graph(spec, Phase.TRAINING);
        Value logits = network.outputs().getFirst();
        List<Value> by = found.layers().stream()
                .map(l -> network.value(l.name().replace("conv", "bn")))
                .toList();
        double[] seed;
        double[] reaching = new double[by.size()];
        Graph measured = Gradients.withSeed(network, logits, by).withBatch(BATCH);
        try (Session session = ReferenceBackend.create().compile(measured).open()) {
            Initializer.fill(measured, session.parameters(), SEED);
            int[] labels = put(session, spec);
            session.input("diff." + logits.name()).set(new double[BATCH * 10]);
            session.run();
            seed = byLogits(session.output(logits.name()).toDoubles(), labels);
            session.input("diff." + logits.name()).set(seed);
            session.run();
            for (int i = 0; i < by.size(); i++) {
                reaching[i] = norm(
                        session.output(measured.outputs().get(1 + i).name()).toDoubles());
            }
        }
        Graph weighted = Gradients.withSeed(network, logits).withBatch(BATCH);
        try (Session session = ReferenceBackend.create().compile(weighted).open()) {
            Initializer.fill(weighted, session.parameters(), SEED);
            put(session, spec);
            session.input("diff." + logits.name()).set(seed);
            session.run();
            for (int i = 0; i < by.size(); i++) {
                GradientNorms.Layer layer = found.layers().get(i);
                double wanted = Math.sqrt(BATCH) * reaching[i];
                assertThat(wanted).isGreaterThan(1e-3);
                assertThat(layer.reaching()).as(layer.name()).isCloseTo(wanted, within(1e-4 * wanted));
                double weights = norm(session.parameters().gradientDoubles(layer.name() + ".weight"));
                assertThat(layer.byWeights()).as(layer.name()).isCloseTo(weights, within(1e-4 * weights));
            }
        }
    }

    /** The pictures in the sample's order; returns their labels. */
    private static int[] put(Session session, ResNetSpec spec) throws IOException {
        Preprocessing usual = Preprocessing.usual(spec);
        LoaderOptions options = new LoaderOptions(
                BATCH, spec.inputSize(), usual.transform(), usual.normalization(), SEED, true, true, 0);
        try (BatchLoader loader = BatchLoader.open(Tiny.pictures(BATCH), options, 0, 0)) {
            Batch batch = loader.next();
            MemorySegment.copy(
                    batch.images(),
                    0,
                    session.input("input").segment(),
                    0,
                    batch.images().byteSize());
            return batch.labels().asSlice(0, 4L * BATCH).toArray(ValueLayout.JAVA_INT);
        }
    }

    /** (softmax - target) / N. */
    private static double[] byLogits(double[] logits, int[] labels) {
        double[] out = new double[logits.length];
        for (int n = 0; n < labels.length; n++) {
            double sum = 0;
            for (int c = 0; c < 10; c++) {
                sum += Math.exp(logits[10 * n + c]);
            }
            for (int c = 0; c < 10; c++) {
                out[10 * n + c] = (Math.exp(logits[10 * n + c]) / sum - (c == labels[n] ? 1 : 0)) / labels.length;
            }
        }
        return out;
    }

    @Test
    void identitySharesAndTheOraclesAreTheSame() throws IOException {
        for (Shortcut shortcut : List.of(Shortcut.A, Shortcut.B)) {
            ResNetSpec spec = Tiny.network(shortcut);
            GradientNorms.Sample sample = sample(spec, 3 * BATCH + 5, 3);
            GradientNorms found = GradientNorms.of(spec, Weights.initial(SEED), sample, Tiny.onednn(), 1);
            GradientNorms oracle = GradientNorms.of(spec, Weights.initial(SEED), sample, ReferenceBackend.create(), 0);
            assertThat(found.batches()).isEqualTo(3);
            // layer2.0 changes sizes.
            assertThat(found.blocks())
                    .extracting(GradientNorms.Block::name)
                    .containsExactly("layer1.0", "layer1.1", "layer2.1");
            for (int i = 0; i < 3; i++) {
                GradientNorms.Block a = found.blocks().get(i);
                GradientNorms.Block b = oracle.blocks().get(i);
                assertThat(a.branch()).isGreaterThan(0.01 * a.total());
                assertThat(a.total()).isCloseTo(b.total(), within(1e-4 * b.total()));
                assertThat(a.identity()).isCloseTo(b.identity(), within(1e-4 * b.total()));
                assertThat(a.branch()).isCloseTo(b.branch(), within(1e-4 * b.total()));
                assertThat(a.share()).isCloseTo(b.share(), within(1e-4));
            }
            assertThat(found.identityShare())
                    .isCloseTo(
                            found.blocks().stream()
                                    .mapToDouble(GradientNorms.Block::share)
                                    .average()
                                    .orElseThrow(),
                            within(1e-12));
        }
    }

    /** A branch that ends with a scale of zero passes nothing back: all that is left is the 1 of 1 + dF/dx. */
    @Test
    void ofABlockThatIsTheIdentityAllComesThroughTheShortcut() throws IOException {
        ResNetSpec spec = Tiny.network(Shortcut.A).withZeroInitLastGamma(true);
        GradientNorms found = GradientNorms.of(spec, Weights.initial(SEED), sample(spec, BATCH, 1), Tiny.onednn(), 0);
        for (GradientNorms.Block block : found.blocks()) {
            assertThat(block.share()).isEqualTo(1);
            assertThat(block.identity()).isEqualTo(block.total());
            assertThat(block.branch()).isZero();
        }
        GradientNorms plain = GradientNorms.of(
                Tiny.network(Shortcut.NONE), Weights.initial(SEED), sample(spec, BATCH, 1), Tiny.onednn(), 0);
        assertThat(plain.blocks()).isEmpty();
        assertThat(plain.identityShare()).isNaN();
    }

    @Test
    void trainedWeightsAreUsedAndGrowthIsTheMeanFactor() throws IOException {
        ResNetSpec spec = Tiny.network(Shortcut.NONE);
        try (Pretrained model = Tiny.open(spec, folder)) {
            GradientNorms trained =
                    GradientNorms.of(spec, Weights.trained(model), sample(spec, BATCH, 1), Tiny.onednn(), 0);
            GradientNorms initial =
                    GradientNorms.of(spec, Weights.initial(SEED), sample(spec, BATCH, 1), Tiny.onednn(), 0);
            assertThat(trained.layers()).isNotEqualTo(initial.layers());
            double product = 1;
            for (int i = 1; i < trained.layers().size(); i++) {
                product *= trained.layers().get(i - 1).reaching()
                        / trained.layers().get(i).reaching();
            }
            assertThat(trained.growth()).isCloseTo(Math.pow(product, 1.0 / 8), within(1e-9));
            assertThat(trained.weakest()).isPositive().isLessThanOrEqualTo(1);
            double[] norms = trained.layers().stream()
                    .mapToDouble(GradientNorms.Layer::reaching)
                    .sorted()
                    .toArray();
            assertThat(trained.spread()).isEqualTo(norms[norms.length - 1] / norms[0]);
        }
    }

    @Test
    void networksWithoutNormsAreRefused() {
        ResNetSpec tiny = Tiny.network(Shortcut.A);
        assertThatThrownBy(() -> GradientNorms.of(
                        Models.byName("cifar_highway19"), Weights.initial(0), sample(tiny, BATCH, 1), Tiny.onednn(), 0))
                .hasMessageContaining("cifar_highway19")
                .hasMessageContaining("no batch norm follows");
    }
}
