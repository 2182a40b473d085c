package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Part;
import org.resnet4j.dataset.Shapes;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Op;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageException;
import org.resnet4j.pass.Precision;
import org.resnet4j.quantize.Method;
import org.resnet4j.quantize.Ranges;

/** A classifier runs a quantised model in bytes, and says what an evaluation in bytes says. */
class QuantizedClassifierTest {
    private static final int CONVOLUTIONS = 6;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Dataset pictures = Shapes.of(Part.TEST).first(20);
    private final Backend onednn = OnednnBackend.open(Path.of("target", "natives"), 2);
    private final List<Graph> compiled = new ArrayList<>();

    /** Keeps what it is given. */
    private final Backend backend = new Backend() {
        @Override
        public String name() {
            return onednn.name();
        }

        @Override
        public Plan compile(Graph graph) {
            compiled.add(graph);
            return onednn.compile(graph);
        }
    };

    @BeforeEach
    void quantize() throws IOException {
        TinyModel.in(folder).write(folder.resolve("full"), Map.of());
        try (Pretrained model = Pretrained.open(folder.resolve("full"));
                Calibrator calibrator = Calibrator.open(model, onednn);
                ModelWriter writer = ModelWriter.of(model)) {
            calibrator.look(pictures, pictures.size(), 1);
            writer.quantize(calibrator.ranges(Method.MINMAX, 100, Set.of()));
            writer.write(ModelWriter.Format.FOLDER, folder.resolve("bytes"), Map.of(), false);
        }
    }

    private long inBytes() {
        return compiled.getLast().nodes().stream()
                .filter(n -> n.op() instanceof Op.QuantizedConv2d)
                .count();
    }

    private List<float[]> logits(Classifier classifier) throws IOException {
        List<float[]> all = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            all.add(classifier.logits(pictures.image(i)));
        }
        return all;
    }

    @Test
    void theAnswersAreThoseOfAnEvaluationInBytes() throws IOException {
        List<float[]> bytes;
        try (Classifier classifier = Classifier.open(folder.resolve("bytes"), backend)) {
            bytes = logits(classifier);
            assertThat(inBytes()).isEqualTo(CONVOLUTIONS);
            assertThat(many(classifier)).containsExactlyElementsOf(best(bytes));
            assertThat(inBytes()).isEqualTo(CONVOLUTIONS);
            assertThat(classifier.model().notes()).anyMatch(n -> n.contains("int8 unless another precision"));
        }
        try (Pretrained model = Pretrained.open(folder.resolve("bytes"));
                Scores scores = Scores.of(pictures.size(), 4);
                Evaluation evaluation = Evaluation.open(
                        model, model.spec(), Precision.INT8, 7, OnednnBackend.open(Path.of("target", "natives"), 2))) {
            evaluation.addTo(scores, pictures, model.preprocessing(), Views.ONE, 1, _ -> {});
            for (int i = 0; i < pictures.size(); i++) {
                List<Prediction> said = new Answer(bytes.get(i), new float[0], model.classNames()).predictions(4);
                assertThat(said.getFirst().index()).isEqualTo(scores.answer(i));
                for (Prediction p : said) {
                    assertThat(p.probability()).isCloseTo(scores.probability(i, p.index()), within(1e-5));
                }
            }
        }
        try (Classifier full = Classifier.of(Pretrained.open(folder.resolve("bytes")), Precision.FP32, backend)) {
            List<float[]> exact = logits(full);
            assertThat(inBytes()).isZero();
            assertThat(exact.getFirst()).isNotEqualTo(bytes.getFirst());
        }
    }

    private static List<Integer> best(List<float[]> logits) {
        return logits.stream()
                .map(l -> new Answer(l, new float[0], List.of("a", "b", "c", "d"))
                        .predictions(1)
                        .getFirst()
                        .index())
                .toList();
    }

    /** The likeliest classes of all pictures, which are run together. */
    private List<Integer> many(Classifier classifier) throws IOException {
        List<PictureSource> sources = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            sources.add(source(pictures.image(i)));
        }
        List<Integer> answers = new ArrayList<>();
        classifier.each(sources, new Classifier.Listener() {
            @Override
            public void answered(PictureSource picture, Answer answer) {
                answers.add(answer.predictions(1).getFirst().index());
            }

            @Override
            public void unreadable(PictureSource picture, ImageException reason) throws IOException {
                throw reason;
            }
        });
        return answers;
    }

    private static PictureSource source(Image image) {
        return new PictureSource() {
            @Override
            public String name() {
                return "a picture";
            }

            @Override
            public Image read() {
                return image;
            }
        };
    }

    @Test
    void bytesNeedAQuantisedModel() throws IOException {
        Pretrained model = Pretrained.open(folder.resolve("full"));
        assertThatThrownBy(() -> Classifier.of(model, Precision.INT8, backend))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("int8 needs the ranges of a calibration");
        assertThat(compiled).isEmpty();
        assertThatThrownBy(model::close).isInstanceOf(IllegalStateException.class); // it is closed already
    }

    /** What is exported or imported again stays what it was. */
    @Test
    void aFolderMadeOfAQuantisedModelIsOneToo() throws IOException {
        Path again = folder.resolve("again");
        try (Pretrained model = Pretrained.open(folder.resolve("bytes"));
                ModelWriter writer = ModelWriter.of(model)) {
            writer.write(ModelWriter.Format.FOLDER, again, Map.of(), false);
        }
        assertThat(Ranges.read(again)).isEqualTo(Ranges.read(folder.resolve("bytes")));
        try (Pretrained model = Pretrained.open(again)) {
            assertThat(model.usualPrecision()).isEqualTo(Precision.INT8);
        }
    }
}
