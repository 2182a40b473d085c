package org.resnet4j.paper.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.resnet4j.cost.Cost;
import org.resnet4j.graph.Phase;
import org.resnet4j.outline.Drawing;
import org.resnet4j.outline.Table;
import org.resnet4j.paper.Arm;
import org.resnet4j.paper.Comparison;
import org.resnet4j.paper.Evidence;
import org.resnet4j.paper.Exhibit;
import org.resnet4j.paper.Finding;
import org.resnet4j.paper.Paper;
import org.resnet4j.paper.Protocol;
import org.resnet4j.paper.Published;
import org.resnet4j.paper.Result;
import org.resnet4j.paper.Study;
import org.resnet4j.paper.Target;
import org.resnet4j.paper.Verdict;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/** Table 1 and figure 3: the networks for ImageNet, layer by layer, and what they cost. Needs no data and no weights. */
public final class ArchitectureStudy implements Study {
    private static final double BILLION = 1e9;

    private static final String VGG16 =
            "15.347 G without its three fully connected layers: the paper leaves them out here, and"
                    + " counts them for VGG-19";

    private static final Map<String, String> KNOWN = Map.of(
            "ResNet-50",
            "3.858 is printed as 3.8: cut, not rounded. torchvision's network, with the stride in the 3x3, has 4.089",
            "VGG-16",
            VGG16);

    private final Target target;

    private ArchitectureStudy(Target target) {
        this.target = target;
    }

    /** Table 1: layers, sizes, multiply-adds. */
    public static Study table1() {
        return new ArchitectureStudy(Target.TABLE1);
    }

    /** Figure 3: drawings. */
    public static Study fig3() {
        return new ArchitectureStudy(Target.FIG3);
    }

    @Override
    public Target target() {
        return target;
    }

    @Override
    public List<Arm> arms(Protocol protocol) {
        return List.of();
    }

    /** As the paper has it: no new parameters up to 34 layers, projections above; the stride in the first convolution of a block. */
    private static NetworkSpec network(String subject) {
        String name = subject.toLowerCase(Locale.ROOT).replace("-", "");
        if (!(Models.byName(name) instanceof ResNetSpec spec)) {
            return Models.byName(name);
        }
        boolean free = spec.residual() && spec.layers() <= 34;
        return (free ? spec.withShortcut(Shortcut.A) : spec).withStride(Stride.V1);
    }

    private static double multiplyAdds(String subject) {
        return Cost.of(Networks.graph(network(subject), Phase.INFERENCE)).macs() / BILLION;
    }

    @Override
    public Result conclude(Evidence evidence) {
        List<Published> printed = target == Target.TABLE1 ? Paper.TABLE1 : Paper.FIGURE3;
        List<Comparison> comparisons = printed.stream()
                .map(p -> Comparison.counted(p, multiplyAdds(p.subject()), KNOWN.getOrDefault(p.subject(), "")))
                .toList();
        return new Result(
                target,
                List.of("Exact multiply-adds of convolutions and fully connected layers for one picture of 224x224."
                        + " ResNet-18 and -34 with option A, the others with option B, strides as in the paper."),
                findings(),
                comparisons,
                target == Target.TABLE1
                        ? Paper.TABLE1.stream()
                                .map(Published::subject)
                                .filter(s -> s.startsWith("ResNet"))
                                .map(ArchitectureStudy::layers)
                                .toList()
                        : List.of(new Exhibit.Charts(
                                "VGG-19, the plain network of 34 layers and ResNet-34; dotted shortcuts change sizes",
                                List.of(Drawing.figure3()))),
                List.of("The paper prints one decimal, and calls a multiply-add a FLOP."));
    }

    private List<Finding> findings() {
        if (target == Target.TABLE1) {
            double deep = multiplyAdds("ResNet-152");
            double vgg = multiplyAdds("VGG-16");
            return List.of(new Finding(
                    "Section 4.1",
                    "ResNet-152 has lower complexity than VGG-16 and VGG-19.",
                    deep < vgg ? Verdict.AGREES : Verdict.DIFFERS,
                    String.format(
                            Locale.ROOT,
                            "%.3f G multiply-adds, VGG-16 %.3f G, VGG-19 %.3f G",
                            deep,
                            vgg,
                            multiplyAdds("VGG-19")),
                    new TreeMap<>(Map.of("resnet152", deep, "vgg16", vgg, "vgg19", multiplyAdds("VGG-19")))));
        }
        double plain = multiplyAdds("plain-34");
        double residual = multiplyAdds("ResNet-34");
        return List.of(new Finding(
                "Section 3.3",
                "The shortcuts of ResNet-34 with option A cost no multiply-adds.",
                plain == residual ? Verdict.AGREES : Verdict.DIFFERS,
                String.format(Locale.ROOT, "plain-34 %.6f G, ResNet-34 %.6f G", plain, residual),
                new TreeMap<>(Map.of("plain34", plain, "resnet34", residual))));
    }

    private static Exhibit layers(String subject) {
        Table table = Table.of(network(subject));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("layer", "output", "layers", "parameters", "multiply-adds"));
        table.rows()
                .forEach(r -> rows.add(List.of(
                        r.name(), r.size() + "x" + r.size(), r.layers(), grouped(r.parameters()), grouped(r.macs()))));
        rows.add(List.of("all", "", "", grouped(table.parameters()), grouped(table.macs())));
        return new Exhibit.Table(subject, rows);
    }

    private static String grouped(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }
}
