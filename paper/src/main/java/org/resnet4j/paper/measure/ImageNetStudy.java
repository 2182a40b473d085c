package org.resnet4j.paper.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.dataset.Part;
import org.resnet4j.paper.Arm;
import org.resnet4j.paper.Comparison;
import org.resnet4j.paper.Evidence;
import org.resnet4j.paper.Exhibit;
import org.resnet4j.paper.Finding;
import org.resnet4j.paper.Paper;
import org.resnet4j.paper.Protocol;
import org.resnet4j.paper.Published;
import org.resnet4j.paper.Quantity;
import org.resnet4j.paper.Result;
import org.resnet4j.paper.Sample;
import org.resnet4j.paper.Study;
import org.resnet4j.paper.Target;
import org.resnet4j.paper.Verdict;

/**
 * Tables 2 to 5: errors on ImageNet's validation set, or any part of it, of networks that have their weights. A picture that cannot be
 * read counts as wrong.
 */
public final class ImageNetStudy implements Study {
    /** Half an interval of more points tells nothing about differences as the tables have them. */
    private static final double TOO_WIDE = 1;

    private static final double CHANCE = 0.05;

    private final Target target;
    private final List<Subject> subjects;
    private final int workers;

    /**
     * One of the tables.
     *
     * @param target {@link Target#TABLE2} to {@link Target#TABLE5}
     * @param subjects networks of the table, under the paper's names, and any others
     * @param workers threads that read pictures
     * @throws IllegalArgumentException if there is nothing to measure, or another target
     */
    public ImageNetStudy(Target target, List<Subject> subjects, int workers) {
        this.target = target;
        this.subjects = List.copyOf(subjects);
        this.workers = workers;
        printed(); // refuses other targets
        if (subjects.isEmpty()) {
            throw new IllegalArgumentException(target + ": networks with their weights are needed, as"
                    + " --weights ResNet-50=FILE for each; found none");
        }
    }

    private List<Published> printed() {
        return switch (target) {
            case TABLE2 -> Paper.TABLE2;
            case TABLE3 -> Paper.TABLE3;
            case TABLE4 -> Paper.TABLE4;
            case TABLE5 -> Paper.TABLE5;
            default -> throw new IllegalArgumentException("tables 2 to 5 are about ImageNet, found " + target);
        };
    }

    @Override
    public Target target() {
        return target;
    }

    @Override
    public List<Arm> arms(Protocol protocol) {
        return List.of();
    }

    @Override
    public Result conclude(Evidence evidence) throws IOException {
        Dataset pictures = Datasets.open(evidence.protocol().data(), Part.TEST);
        ImageNetErrors errors = new ImageNetErrors(pictures, evidence.backend(), workers);
        boolean ensemble = target == Target.TABLE5;
        boolean scales = ensemble || target == Target.TABLE4;
        List<Answers> main = ensemble
                ? List.of(errors.ensemble(subjects))
                : errors.each(subjects, scales ? ImageNetErrors.Look.SCALES : ImageNetErrors.Look.TEN_CROP);
        List<Answers> once = ensemble ? List.of() : errors.each(subjects, ImageNetErrors.Look.ONE_CROP);
        List<String> remarks = new ArrayList<>(errors.notes());
        remarks.addAll(remarks(pictures, scales, ensemble));
        List<Exhibit> exhibits = new ArrayList<>();
        exhibits.add(table(
                (scales ? ImageNetErrors.Look.SCALES : ImageNetErrors.Look.TEN_CROP).words()
                        + (ensemble ? ", all networks averaged" : ""),
                main));
        if (!once.isEmpty()) {
            exhibits.add(table(ImageNetErrors.Look.ONE_CROP.words() + ", for comparison", once));
        }
        List<String> about = new ArrayList<>();
        about.add(pictures.size() + " pictures of " + pictures.classNames().size() + " classes.");
        main.forEach(a -> about.add(a.name() + ": " + a.what()));
        return new Result(target, about, findings(main), comparisons(main), exhibits, remarks);
    }

    private static List<String> remarks(Dataset pictures, boolean scales, boolean ensemble) {
        List<String> remarks = new ArrayList<>();
        remarks.add(
                "Intervals are Wilson's, of 95 % confidence, as if the pictures were drawn anew. Where half of one is"
                        + " more than " + (int) TOO_WIDE
                        + " point, there are not enough pictures to compare with the paper.");
        if (pictures.size() < 50_000) {
            remarks.add("The paper measured on all 50,000 pictures of the validation set; these are " + pictures.size()
                    + ", and another sample of classes or pictures has another error.");
        }
        if (scales) {
            remarks.add("The paper looks at the whole picture at each scale, here it is its middle square.");
        }
        if (ensemble) {
            remarks.add("The paper's ensemble is measured on the test set, whose labels are not published.");
        }
        return remarks;
    }

    private List<Comparison> comparisons(List<Answers> answers) {
        List<Comparison> out = new ArrayList<>();
        for (Answers a : answers) {
            for (Published p : printed()) {
                boolean same = target == Target.TABLE5 ? p.subject().startsWith("ResNet") : a.is(p.subject());
                if (same) {
                    out.add(compare(p, a));
                }
            }
        }
        return out;
    }

    private static Comparison compare(Published printed, Answers answers) {
        boolean five = printed.quantity() == Quantity.TOP5_ERROR;
        Answers.Rate error = five ? answers.top5() : answers.top1();
        double half = (error.high() - error.low()) / 2;
        String known = String.format(
                Locale.ROOT, "95 %% interval %.2f to %.2f; %s", error.low(), error.high(), answers.what());
        Sample ours = Sample.of(error.percent());
        if (half > TOO_WIDE) {
            return new Comparison(printed, ours, Verdict.NOT_ENOUGH_PICTURES, known);
        }
        boolean inside = printed.value() >= error.low() && printed.value() <= error.high();
        return new Comparison(printed, ours, inside ? Verdict.AGREES : Verdict.DIFFERS, known);
    }

    /** What tables 2 and 3 say of pairs of networks, for those that are there. */
    private List<Finding> findings(List<Answers> all) {
        List<Finding> out = new ArrayList<>();
        pair(out, all, "plain-34", "plain-18", "The 34-layer plain network has a higher error than the 18-layer one.");
        pair(out, all, "ResNet-18", "ResNet-34", "The 34-layer ResNet is better than the 18-layer one.");
        pair(out, all, "plain-34", "ResNet-34", "The 34-layer ResNet is better than its plain counterpart.");
        pair(out, all, "plain-34", "ResNet-34 A", "The 34-layer ResNet is better than its plain counterpart.");
        pair(out, all, "ResNet-34 A", "ResNet-34 B", "Option B is slightly better than A.");
        pair(out, all, "ResNet-34 B", "ResNet-34 C", "Option C is marginally better than B.");
        pair(out, all, "ResNet-34 B", "ResNet-50", "ResNet-50 is better than ResNet-34.");
        pair(out, all, "ResNet-50", "ResNet-101", "ResNet-101 is better than ResNet-50.");
        pair(out, all, "ResNet-101", "ResNet-152", "ResNet-152 is better than ResNet-101.");
        return out;
    }

    private static void pair(List<Finding> out, List<Answers> all, String worse, String better, String statement) {
        Answers high = find(all, worse);
        Answers low = find(all, better);
        if (high != null && low != null) {
            out.add(finding(high, low, statement));
        }
    }

    private static @Nullable Answers find(List<Answers> all, String name) {
        return all.stream().filter(a -> a.is(name)).findFirst().orElse(null);
    }

    /** The same pictures were shown to both, so only those count that one alone has right. */
    private static Finding finding(Answers high, Answers low, String statement) {
        double difference = high.top1().percent() - low.top1().percent();
        double chance = Permutations.ofPairs(high.wrongMinus(low));
        Verdict verdict =
                chance >= CHANCE ? Verdict.NOT_ENOUGH_PICTURES : difference > 0 ? Verdict.AGREES : Verdict.DIFFERS;
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("difference", difference);
        numbers.put("chance", chance);
        numbers.put("pictures", (double) high.pictures());
        return new Finding(
                "Section 4.1",
                statement,
                verdict,
                String.format(
                        Locale.ROOT,
                        "top-1 error %.2f and %.2f %%: %+.2f points over the same %d pictures, by chance alone with p"
                                + " = %.4f",
                        high.top1().percent(),
                        low.top1().percent(),
                        difference,
                        high.pictures(),
                        chance),
                numbers);
    }

    private static Exhibit table(String caption, List<Answers> answers) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("network", "pictures", "top-1 error %", "95 % interval", "top-5 error %", "95 % interval"));
        for (Answers a : answers) {
            rows.add(List.of(
                    a.name(),
                    Integer.toString(a.pictures()),
                    two(a.top1().percent()),
                    two(a.top1().low()) + " to " + two(a.top1().high()),
                    two(a.top5().percent()),
                    two(a.top5().low()) + " to " + two(a.top5().high())));
        }
        return new Exhibit.Table(caption, rows);
    }

    private static String two(double x) {
        return String.format(Locale.ROOT, "%.2f", x);
    }
}
