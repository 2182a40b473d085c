package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.image.Filter;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageException;
import org.resnet4j.image.Resize;
import org.resnet4j.pass.Precision;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.weights.NamedTensor;

/** Whole pictures of many shapes give what the network gives of each by itself, at every size of the paper's test. */
class WholeEvaluationTest {
    private static final int BROKEN = 3;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Backend backend = OnednnBackend.open(Path.of("target", "natives"), 2);

    /** Wide, high and square ones, more than are read together, one of which cannot be read. */
    private record Shaped(List<Image> pictures) implements Dataset {
        @Override
        public String description() {
            return "pictures of many shapes";
        }

        @Override
        public int size() {
            return pictures.size();
        }

        @Override
        public List<String> classNames() {
            return List.of("a", "b", "c", "d");
        }

        @Override
        public int label(int i) {
            return 0;
        }

        @Override
        public Image image(int i) throws ImageException {
            if (i == BROKEN) {
                throw new ImageException("picture 3: it is broken");
            }
            return pictures.get(i);
        }
    }

    private static Shaped pictures() {
        int[][] sizes = {{30, 20}, {20, 30}, {24, 24}, {41, 20}, {20, 33}, {60, 10}};
        List<Image> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int[] size = sizes[i * 7 % sizes.length];
            all.add(TinyModel.noise(size[0], size[1], i));
        }
        return new Shaped(all);
    }

    /** Shorter side resized, nothing cut off but the ends of what is longer than four times that. */
    private static Image resized(Image picture, int shorter) {
        boolean wide = picture.width() >= picture.height();
        int longer =
                shorter * Math.max(picture.width(), picture.height()) / Math.min(picture.width(), picture.height());
        Image whole = Resize.resize(picture, wide ? longer : shorter, wide ? shorter : longer, Filter.BICUBIC);
        int most = 4 * shorter;
        return longer <= most ? whole : whole.crop((longer - most) / 2, 0, most, shorter);
    }

    private double[] probabilities(Pretrained model, List<Image> views) throws IOException {
        double[] mean = new double[4];
        for (Image view : views) {
            try (Arena arena = Arena.ofConfined()) {
                TensorType type = TensorType.f32(1, 3, view.height(), view.width());
                MemorySegment numbers = arena.allocate(type.bytes(), Float.BYTES);
                model.preprocessing().normalization().write(view, numbers, 0);
                float[] logits = Forward.run(model, new NamedTensor("input", type, numbers), List.of(), backend, arena)
                        .getFirst()
                        .toFloats();
                for (Prediction p : new Answer(logits, new float[0], model.classNames()).predictions(4)) {
                    mean[p.index()] += p.probability() / views.size();
                }
            }
        }
        return mean;
    }

    @Test
    void everySizeAndItsMirrorImage() throws IOException {
        Shaped data = pictures();
        List<Integer> scales = List.of(12, 16, 20);
        List<Integer> done = new ArrayList<>();
        try (Pretrained model = Pretrained.of(TinyModel.in(folder));
                Scores scores = Scores.of(data.size(), 4)) {
            for (int side : scales) {
                try (WholeEvaluation evaluation = WholeEvaluation.of(model, Precision.FP32, backend)) {
                    evaluation.addTo(
                            scores,
                            data,
                            Transform.Evaluate.torchvision(side, Filter.BICUBIC, side),
                            new Views.Mirrored(Views.WHOLE),
                            2,
                            done::add);
                }
            }
            assertThat(scores.unreadable()).containsOnlyKeys(BROKEN);
            assertThat(done).hasSize(3 * (data.size() - 1)).contains(data.size());
            for (int i = 0; i < data.size(); i++) {
                if (i != BROKEN) {
                    List<Image> views = new ArrayList<>();
                    for (int side : scales) {
                        Image whole = resized(data.image(i), side);
                        views.add(whole);
                        views.add(whole.mirrored());
                    }
                    double[] expected = probabilities(model, views);
                    for (int c = 0; c < 4; c++) {
                        assertThat(scores.probability(i, c))
                                .as("picture " + i + ", class " + c)
                                .isCloseTo(expected[c], within(1e-5));
                    }
                }
            }
        }
    }
}
