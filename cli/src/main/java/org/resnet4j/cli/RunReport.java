package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.engine.Backend;
import org.resnet4j.infer.Classifier;
import org.resnet4j.infer.Evaluation;
import org.resnet4j.infer.Measures;
import org.resnet4j.infer.ModelFolder;
import org.resnet4j.infer.Prediction;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.infer.Scores;
import org.resnet4j.infer.Views;
import org.resnet4j.outline.Drawing;
import org.resnet4j.pass.Precision;
import org.resnet4j.report.LineChart;
import org.resnet4j.report.Page;
import org.resnet4j.trainer.EpochRow;
import org.resnet4j.trainer.TrainData;

/**
 * What a finished run shows: curves, a handful of classified pictures, the confusion matrix and the network, as one HTML file.
 *
 * @param model the trained network
 * @param data what it was trained and evaluated on
 * @param epochs the run's ended epochs
 * @param norm what is to be said of batch norm; empty for nothing
 */
record RunReport(ModelFolder model, TrainData data, List<EpochRow> epochs, String norm) {
    private static final int PICTURES = 12;
    private static final int BATCH = 100;

    /** The first pictures that it was evaluated on, with its three best answers. */
    List<Page.Card> classify(Backend backend) throws IOException {
        Dataset set = data.evaluation();
        List<Page.Card> cards = new ArrayList<>();
        try (Classifier classifier = Classifier.open(model, backend)) {
            for (int i = 0; i < Math.min(PICTURES, set.size()); i++) {
                List<Prediction> answers = classifier.classify(set.image(i), 3);
                List<String> words = answers.stream()
                        .map(p -> String.format(Locale.ROOT, "%s %.0f %%", p.name(), 100 * p.probability()))
                        .toList();
                boolean right = answers.getFirst().index() == set.label(i);
                cards.add(new Page.Card(set.image(i), set.classNames().get(set.label(i)), words, right));
            }
        }
        return cards;
    }

    /** Writes the page; {@code cards} are those of {@link #classify}. */
    void write(Path file, List<Page.Card> cards, Backend backend) throws IOException {
        Page page = Page.titled(model.spec().name() + " on " + data.train().description())
                .paragraph("Evaluated on " + data.evaluation().description() + ": "
                        + data.evaluation().size() + " pictures, accuracy "
                        + Main.two(epochs.getLast().judged().top1()) + " %.");
        if (!norm.isEmpty()) {
            page.paragraph(norm);
        }
        page.heading("Training error and error on pictures that it was not trained on")
                .svg(LineChart.svg("epoch", "error %", lines()))
                .table(rows())
                .heading("Pictures that it has not seen")
                .cards(cards)
                .heading("Which class was taken for which")
                .matrix(model.classNames(), confusion(backend))
                .heading("The network")
                .svg(Drawing.of(List.of(model.spec())))
                .write(file);
    }

    private long[][] confusion(Backend backend) throws IOException {
        Dataset set = data.evaluation();
        try (Pretrained weights = Pretrained.of(model);
                Evaluation evaluation = Evaluation.open(weights, model.spec(), Precision.FP32, BATCH, backend);
                Scores scores = Scores.of(set.size(), model.spec().classes())) {
            evaluation.addTo(scores, set, model.preprocessing(), Views.ONE, 1, _ -> {});
            int[] labels = IntStream.range(0, set.size()).map(set::label).toArray();
            return Measures.of(scores, labels).confusion().counts();
        }
    }

    private List<LineChart.Line> lines() {
        return List.of(
                new LineChart.Line(
                        "training error %",
                        epochs.stream().map(e -> 100 * e.train().top1Error()).toList(), false),
                new LineChart.Line(
                        "evaluation error %",
                        epochs.stream()
                                .map(e -> 100 * e.evaluation().top1Error())
                                .toList(),
                        true));
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("epoch", "train loss", "train error %", "evaluation loss", "evaluation error %", "rate"));
        for (EpochRow e : epochs) {
            rows.add(List.of(
                    Long.toString(e.epoch() + 1),
                    String.format(Locale.ROOT, "%.4f", e.train().loss()),
                    Main.percent(e.train().top1Error()),
                    String.format(Locale.ROOT, "%.4f", e.evaluation().loss()),
                    Main.percent(e.evaluation().top1Error()),
                    String.format(Locale.ROOT, "%.4g", e.lr())));
        }
        return rows;
    }
}
