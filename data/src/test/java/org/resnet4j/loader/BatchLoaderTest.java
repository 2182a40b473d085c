package org.resnet4j.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.augment.Normalization;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.image.Image;

/** DET-03 and DET-04: a batch depends on (seed, epoch, index) only, and each sample comes once an epoch. */
final class BatchLoaderTest {
    private final Dataset data = Shapes.of(Part.TEST).first(103);

    private static LoaderOptions options(int workers, boolean dropLast) {
        return new LoaderOptions(
                10, 32, new Transform.PadCropFlip(32, 4), Normalization.CIFAR10, 7, true, dropLast, workers);
    }

    private List<String> batches(int workers, long epoch, int index, int n) throws IOException {
        List<String> seen = new ArrayList<>();
        try (BatchLoader loader = BatchLoader.open(data, options(workers, false), epoch, index)) {
            for (int i = 0; i < n; i++) {
                Batch b = loader.next();
                int hash = Arrays.hashCode(b.images().toArray(ValueLayout.JAVA_FLOAT));
                seen.add(b.epoch() + "/" + b.index() + " " + b.count() + " " + hash + " "
                        + Arrays.toString(b.labels().toArray(ValueLayout.JAVA_INT)));
            }
        }
        return seen;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void anyNumberOfWorkersMakesTheSame(int workers) throws IOException {
        assertThat(batches(workers, 0, 0, 35)).isEqualTo(batches(0, 0, 0, 35));
    }

    @Test
    void startsAnywhere() throws IOException {
        assertThat(batches(2, 1, 4, 10)).isEqualTo(batches(0, 0, 0, 25).subList(15, 25));
    }

    @Test
    void eachSampleOnceAnEpochAndEpochsDiffer() throws IOException {
        List<String> two = batches(2, 0, 0, 22);
        assertThat(two.get(10)).startsWith("0/10 3 ");
        assertThat(two.get(11)).startsWith("1/0 10 ");
        assertThat(two.get(0).substring(4)).isNotEqualTo(two.get(11).substring(4));
        try (BatchLoader loader = BatchLoader.open(data, options(1, true), 0, 0)) {
            assertThat(loader.batchesPerEpoch()).isEqualTo(10);
        }
        int[] order = org.resnet4j.random.Rng.of(7, org.resnet4j.random.Rng.key("order"), 0)
                .permutation(103);
        assertThat(new TreeSet<>(Arrays.stream(order).boxed().toList())).hasSize(103);
    }

    /** 103 pictures in batches of 10 and groups of 4: eight batches; three times in a row, each time cut anew. */
    @Test
    void groupsAreWholeAndRepeatsAreTransformedAnew() throws IOException {
        LoaderOptions repeated = new LoaderOptions(
                10, 32, new Transform.PadCropFlip(32, 4), Normalization.CIFAR10, 7, true, true, 2, 4, 3);
        int[] order = org.resnet4j.random.Rng.of(7, org.resnet4j.random.Rng.key("order"), 0)
                .permutation(103);
        try (BatchLoader loader = BatchLoader.open(data, repeated, 0, 0)) {
            assertThat(loader.batchesPerEpoch()).isEqualTo(8);
            TreeSet<Integer> pictures = new TreeSet<>();
            for (int b = 0; b < 8; b++) {
                Batch batch = loader.next();
                for (int i = 0; i < 10; i++) {
                    assertThat(batch.labels().getAtIndex(ValueLayout.JAVA_INT, i))
                            .isEqualTo(data.label(order[(10 * b + i) / 3]));
                    float[] all = batch.images().toArray(ValueLayout.JAVA_FLOAT);
                    pictures.add(Arrays.hashCode(Arrays.copyOfRange(all, i * 3072, (i + 1) * 3072)));
                }
            }
            assertThat(pictures).hasSizeGreaterThan(70);
            assertThat(loader.next().epoch()).isEqualTo(1);
        }
        assertThatThrownBy(() -> new LoaderOptions(
                        10, 32, new Transform.Evaluate(32), Normalization.CIFAR10, 7, false, true, 2, 1, 3))
                .hasMessageContaining("only in random order");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void aBrokenSampleSurfacesWhereItsBatchIsAskedFor(int workers) throws IOException {
        Dataset broken = new Dataset() {
            @Override
            public String description() {
                return "broken";
            }

            @Override
            public int size() {
                return 40;
            }

            @Override
            public List<String> classNames() {
                return data.classNames();
            }

            @Override
            public int label(int i) {
                return 0;
            }

            @Override
            public Image image(int i) throws IOException {
                if (i == 25) {
                    throw new IOException("sample 25 is damaged");
                }
                return data.image(i);
            }
        };
        LoaderOptions inOrder =
                new LoaderOptions(10, 32, new Transform.Evaluate(32), Normalization.CIFAR10, 0, false, false, workers);
        try (BatchLoader loader = BatchLoader.open(broken, inOrder, 0, 0)) {
            loader.next();
            loader.next();
            assertThatThrownBy(loader::next).isInstanceOf(IOException.class).hasMessageContaining("25 is damaged");
        }
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> BatchLoader.open(data.first(5), options(0, true), 0, 0))
                .hasMessageContaining("do not fill one batch");
        assertThatThrownBy(() ->
                        new LoaderOptions(0, 32, new Transform.Evaluate(32), Normalization.CIFAR10, 0, true, true, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
