package org.resnet4j.paper.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.image.ImageFile;
import org.resnet4j.infer.Pretrained;
import org.resnet4j.paper.Comparison;
import org.resnet4j.paper.Evidence;
import org.resnet4j.paper.Exhibit;
import org.resnet4j.paper.Finding;
import org.resnet4j.paper.Protocol;
import org.resnet4j.paper.Quantity;
import org.resnet4j.paper.Result;
import org.resnet4j.paper.Scale;
import org.resnet4j.paper.Study;
import org.resnet4j.paper.Target;
import org.resnet4j.paper.Verdict;
import org.resnet4j.pass.Precision;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.zoo.NetworkSpec;

/** Studies conclude what their measurements say. */
final class StudiesTest {
    @TempDir
    Path folder;

    private static Evidence evidence(String data, List<Integer> only) {
        Protocol protocol = new Protocol(Scale.WHOLE, 2, only, Precision.FP32, data, Map.of());
        return new Evidence(protocol, List.of(), List.of(), Tiny.onednn());
    }

    private Subject subject(String name, NetworkSpec spec) {
        return new Subject(name, () -> Tiny.open(spec, folder));
    }

    private static double number(Result result, int finding, String name) {
        return result.findings().get(finding).numbers().getOrDefault(name, Double.NaN);
    }

    private static List<List<String>> table(Result result, int i) {
        return result.exhibits().stream()
                .filter(Exhibit.Table.class::isInstance)
                .map(e -> ((Exhibit.Table) e).rows())
                .toList()
                .get(i);
    }

    @Test
    void responsesAreComparedWithPlainCounterpartsAndOtherDepths() throws IOException {
        NetworkSpec deep = Tiny.network(Shortcut.A, 3);
        Study study = new ResponseStudy(
                List.of(
                        subject("plain-10", Tiny.network(Shortcut.NONE)),
                        subject("ResNet-10", Tiny.network(Shortcut.A)),
                        subject("ResNet-14", deep)),
                150,
                0);
        assertThat(study.arms(evidence("shapes", List.of()).protocol())).isEmpty();
        Result result = study.conclude(evidence("shapes", List.of()));
        assertThat(result.target()).isEqualTo(Target.FIG7);
        assertThat(result.about()).anyMatch(s -> s.startsWith("150 pictures"));
        assertThat(result.findings())
                .extracting(Finding::statement)
                .containsExactly(
                        "ResNets have generally smaller responses than their plain counterparts: ResNet-10 than"
                                + " plain-10.",
                        "The deeper ResNet has smaller responses: ResNet-14 than ResNet-10.");
        double ratio = number(result, 0, "ratio");
        List<List<String>> rows = table(result, 0);
        assertThat(rows).hasSize(4);
        double plain = Double.parseDouble(rows.get(1).get(3));
        double residual = Double.parseDouble(rows.get(2).get(3));
        assertThat(residual / plain).isCloseTo(ratio, within(0.005));
        assertThat(rows.get(3)).startsWith("ResNet-14", "1", "13");
        assertThat(result.exhibits())
                .filteredOn(Exhibit.Charts.class::isInstance)
                .hasSize(1)
                .allMatch(e -> ((Exhibit.Charts) e).svgs().size() == 2)
                .allMatch(e -> ((Exhibit.Charts) e).svgs().stream().allMatch(svg -> svg.contains("plain-10")));
    }

    @Test
    void runsOfTheFigureAreItsFiveNetworks() {
        Study study = new ResponseStudy(List.of(), 10, 0);
        assertThat(study.arms(evidence("shapes", List.of()).protocol()))
                .extracting(a -> a.name())
                .containsExactly("plain-20", "plain-56", "ResNet-20", "ResNet-56", "ResNet-110");
        assertThat(study.arms(evidence("shapes", List.of(20, 32)).protocol()))
                .extracting(a -> a.name())
                .containsExactly("plain-20", "plain-32", "ResNet-20", "ResNet-32");
    }

    @Test
    void gradientsAtTheStartAndOfGivenWeights() throws IOException {
        Study study = new GradientStudy(List.of(subject("tiny", Tiny.network(Shortcut.B))), false, 1);
        assertThat(study.arms(evidence("shapes", List.of()).protocol())).isEmpty();
        Result result = study.conclude(evidence("shapes", List.of(20)));
        assertThat(result.findings()).hasSize(6).allMatch(f -> f.place().equals("Section 4.1"));
        assertThat(result.findings().get(0).statement())
                .endsWith("do not vanish with batch norm: plain-20, at the start.");
        assertThat(result.findings().get(2).statement()).endsWith("tiny, trained.");
        assertThat(result.findings().get(0).numbers()).containsEntry("n", 2.0);
        double weakest = number(result, 0, "weakest");
        double spread = number(result, 3, "spread");
        assertThat(number(result, 3, "growth_per_layer")).isBetween(0.5, 2.0);
        assertThat(result.findings().get(0).verdict()).isEqualTo(weakest >= 0.01 ? Verdict.AGREES : Verdict.DIFFERS);
        assertThat(result.findings().get(3).verdict()).isEqualTo(spread <= 100 ? Verdict.AGREES : Verdict.DIFFERS);
        assertThat(spread).isGreaterThan(2);
        assertThat(result.exhibits()).hasSize(5);
        List<List<String>> layers = table(result, 1);
        assertThat(layers).hasSize(20);
        assertThat(layers.getFirst())
                .containsExactly("layer", "plain-20, at the start", "ResNet-20, at the start", "tiny, trained");
        assertThat(layers.getLast()).containsExactly("19", "0.0000", "0.0000", "");
        double first = Math.pow(10, Double.parseDouble(layers.get(1).get(1)));
        assertThat(first).isBetween(weakest * 0.99, spread * 1.01);
        assertThat(((Exhibit.Charts) result.exhibits().getFirst()).svgs()).hasSize(2);
        List<List<String>> shares = table(result, 2);
        assertThat(shares).hasSize(3);
        // ResNet-20 has nine blocks, two of which change sizes.
        assertThat(shares.get(1)).startsWith("ResNet-20, at the start", "7");
        assertThat(new GradientStudy(List.of(), true, 1)
                        .arms(evidence("shapes", List.of()).protocol()))
                .extracting(a -> a.name())
                .containsExactly("plain-20", "plain-56", "ResNet-20", "ResNet-56");
    }

    @Test
    void multiplyAddsAreThePapersButForTwoKnownDifferences() throws IOException {
        Result table = ArchitectureStudy.table1().conclude(evidence("shapes", List.of()));
        assertThat(table.comparisons()).hasSize(7);
        for (Comparison c : table.comparisons()) {
            boolean known = List.of("ResNet-50", "VGG-16").contains(c.paper().subject());
            assertThat(c.verdict()).as(c.paper().subject()).isEqualTo(known ? Verdict.DIFFERS : Verdict.AGREES);
            assertThat(c.known().isEmpty()).as(c.paper().subject()).isNotEqualTo(known);
        }
        assertThat(table.exhibits()).hasSize(5);
        assertThat(table(table, 2).getLast()).endsWith("25,557,032", "3,857,973,248");
        assertThat(table(table, 0).getLast()).endsWith("11,515,688", "1,794,805,760");
        Result figure = ArchitectureStudy.fig3().conclude(evidence("shapes", List.of()));
        assertThat(figure.comparisons()).hasSize(3).allMatch(c -> c.verdict() == Verdict.AGREES);
        assertThat(((Exhibit.Charts) figure.exhibits().getFirst()).svgs().getFirst())
                .contains("<svg", "7x7 conv, 64, /2");
        assertThat(figure.findings()).allMatch(f -> f.verdict() == Verdict.AGREES);
    }

    /** Pictures in class folders. */
    private String pictures(int n) throws IOException {
        Dataset all = Tiny.pictures(n);
        Path root = folder.resolve("pictures");
        for (int i = 0; i < all.size(); i++) {
            Path to = root.resolve(all.classNames().get(all.label(i)));
            Files.createDirectories(to);
            Files.write(to.resolve(i + ".png"), ImageFile.png(all.image(i)));
        }
        return root.toString();
    }

    @Test
    void errorsStandBesideThePapersWithTheirIntervals() throws IOException {
        List<Subject> subjects = List.of(
                subject("resnet34a", Tiny.network(Shortcut.A)),
                subject("ResNet-34 B", Tiny.network(Shortcut.B)),
                subject("mine", Tiny.network(Shortcut.NONE)));
        String data = pictures(40);
        Result result = new ImageNetStudy(Target.TABLE3, subjects, 0).conclude(evidence(data, List.of()));
        assertThat(result.comparisons()).hasSize(4);
        for (Comparison c : result.comparisons()) {
            assertThat(c.verdict()).isEqualTo(Verdict.NOT_ENOUGH_PICTURES);
            assertThat(c.known()).contains("95 % interval");
        }
        assertThat(result.comparisons().getFirst().paper().value()).isEqualTo(25.03);
        assertThat(result.findings())
                .extracting(Finding::statement)
                .containsExactly("Option B is slightly better than A.");
        List<List<String>> ten = table(result, 0);
        List<List<String>> one = table(result, 1);
        assertThat(ten).hasSize(4);
        assertThat(ten.get(3)).startsWith("mine", "40");
        try (Pretrained model = Tiny.open(Tiny.network(Shortcut.A), folder)) {
            ImageNetErrors direct = new ImageNetErrors(Datasets.open(data, Part.TEST), Tiny.onednn(), 0);
            Answers answers = direct.each(List.of(subject("a", model.spec())), ImageNetErrors.Look.ONE_CROP)
                    .getFirst();
            long wrong = 0;
            for (boolean right : answers.right()) {
                wrong += right ? 0 : 1;
            }
            assertThat(answers.top1().percent()).isEqualTo(100.0 * wrong / 40);
            assertThat(Double.parseDouble(one.get(1).get(2)))
                    .isCloseTo(answers.top1().percent(), within(0.005));
            assertThat(answers.top1().low()).isLessThan(answers.top1().percent());
            assertThat(answers.top1().high()).isGreaterThan(answers.top1().percent());
            assertThat(answers.wrongMinus(answers)).containsOnly(0);
        }
    }

    /** The average of a network with itself answers as it does alone. */
    @Test
    void anEnsembleIsOfAllNetworksAtAllScales() throws IOException {
        String data = pictures(10); // large ones are slow
        Subject a = subject("ResNet-50", Tiny.network(Shortcut.A));
        Result alone = new ImageNetStudy(Target.TABLE4, List.of(a), 0).conclude(evidence(data, List.of()));
        Result twice = new ImageNetStudy(Target.TABLE5, List.of(a, a), 0).conclude(evidence(data, List.of()));
        assertThat(alone.comparisons()).hasSize(2);
        assertThat(twice.comparisons()).hasSize(1);
        Comparison five = twice.comparisons().getFirst();
        assertThat(five.paper().value()).isEqualTo(3.57);
        assertThat(five.ours())
                .isEqualTo(alone.comparisons().stream()
                        .filter(c -> c.paper().quantity() == Quantity.TOP5_ERROR)
                        .findFirst()
                        .orElseThrow()
                        .ours());
        assertThat(twice.remarks()).anyMatch(r -> r.contains("labels are not published"));
    }

    @Test
    void whatCannotBeMeasuredIsRefused() {
        assertThatThrownBy(() -> new ImageNetStudy(Target.TABLE3, List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--weights ResNet-50=FILE");
        assertThatThrownBy(() -> new ImageNetStudy(Target.FIG6, List.of(), 0)).hasMessageContaining("tables 2 to 5");
        assertThatThrownBy(() -> new Subject(" ", () -> {
                    throw new IOException();
                }))
                .hasMessageContaining("needs a name");
    }
}
