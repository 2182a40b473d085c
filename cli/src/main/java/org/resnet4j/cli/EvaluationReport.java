package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.resnet4j.augment.Transform;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.image.Image;
import org.resnet4j.infer.Measures;
import org.resnet4j.infer.Scores;
import org.resnet4j.outline.Drawing;
import org.resnet4j.random.Rng;
import org.resnet4j.report.Page;
import org.resnet4j.report.ReliabilityChart;

/**
 * What an evaluation shows, as one HTML file: figures, confidence against accuracy, confusions, classes, the worst mistakes.
 *
 * @param text the figures
 * @param set the pictures
 * @param scores what was answered
 * @param truth the logit of each picture's class
 */
record EvaluationReport(EvaluationText text, Dataset set, Scores scores, int[] truth) {
    private static final int MISTAKES = 24;
    private static final int THUMBNAIL = 96;

    /** More classes than this make a matrix that nobody can read. */
    private static final int MATRIX = 20;

    /** Writes the page. */
    void write(Path file) throws IOException {
        Measures m = text.measures();
        Page page = Page.titled(text.model() + " on " + text.description());
        text.lines(false).stream().skip(1).forEach(page::paragraph);
        page.heading("Is it as sure as it is right?")
                .paragraph(
                        "Bars: accuracy of the answers in a bin of confidence, stronger where there are more pictures;"
                                + " red: their mean confidence. Bars below the red mark are overconfident.")
                .svg(ReliabilityChart.svg(m.calibration().bins()))
                .heading("Which class was taken for which");
        int[] shown = IntStream.range(0, scores.classes())
                .filter(c -> m.perClass().get(c).samples() > 0)
                .toArray();
        if (scores.classes() <= MATRIX) {
            page.matrix(text.names(), m.confusion().counts());
        } else {
            page.paragraph("The commonest of the " + scores.classes() + " x " + scores.classes() + " confusions:")
                    .table(text.confusions());
        }
        page.heading("The " + shown.length + " classes that have pictures, the hardest first")
                .table(text.perClass())
                .heading("The worst mistakes")
                .paragraph("Wrong answers where the right class was given the least probability.")
                .cards(mistakes())
                .heading("The network")
                .svg(Drawing.of(List.of(text.members().getFirst().spec())))
                .write(file);
    }

    private List<Page.Card> mistakes() throws IOException {
        List<Integer> wrong = IntStream.range(0, scores.samples())
                .filter(i -> scores.readable(i) && scores.answer(i) != truth[i])
                .boxed()
                .sorted(Comparator.comparingDouble(i -> scores.logProbability(i, truth[i])))
                .limit(MISTAKES)
                .toList();
        List<Page.Card> cards = new ArrayList<>();
        for (int i : wrong) {
            List<String> words =
                    List.of(percent(i, scores.answer(i)), "its class: " + percent(i, truth[i]), "picture " + (i + 1));
            cards.add(new Page.Card(thumbnail(set.image(i)), text.names().get(truth[i]), words, false));
        }
        return cards;
    }

    private String percent(int sample, int c) {
        return String.format(Locale.ROOT, "%s %.1f %%", text.names().get(c), 100 * scores.probability(sample, c));
    }

    private static Image thumbnail(Image image) {
        return image.width() <= THUMBNAIL && image.height() <= THUMBNAIL
                ? image
                : new Transform.Evaluate(THUMBNAIL).apply(image, Rng.of(0));
    }
}
