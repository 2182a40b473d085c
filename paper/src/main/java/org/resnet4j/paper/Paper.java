package org.resnet4j.paper;

import static org.resnet4j.paper.Quantity.MULTIPLY_ADDS;
import static org.resnet4j.paper.Quantity.PARAMETERS;
import static org.resnet4j.paper.Quantity.TOP1_ERROR;
import static org.resnet4j.paper.Quantity.TOP5_ERROR;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The numbers that He et al. 2015 (arXiv 1512.03385v1) print, table by table, with those of others that stand beside them there. */
public final class Paper {
    /** "FLOPs", that is multiply-adds, of one picture of 224x224. */
    public static final List<Published> TABLE1 = List.of(
            macs("ResNet-18", 1.8),
            macs("ResNet-34", 3.6),
            macs("ResNet-50", 3.8),
            macs("ResNet-101", 7.6),
            macs("ResNet-152", 11.3),
            Published.of("Section 4.1", "VGG-16", MULTIPLY_ADDS, 15.3, 1),
            Published.of("Section 4.1", "VGG-19", MULTIPLY_ADDS, 19.6, 1));

    /** The same of the networks that figure 3 draws. */
    public static final List<Published> FIGURE3 = List.of(
            Published.of("Fig. 3", "VGG-19", MULTIPLY_ADDS, 19.6, 1),
            Published.of("Fig. 3", "plain-34", MULTIPLY_ADDS, 3.6, 1),
            Published.of("Fig. 3", "ResNet-34", MULTIPLY_ADDS, 3.6, 1));

    /** Top-1 error on ImageNet's validation set, ten crops; option A. */
    public static final List<Published> TABLE2 = List.of(
            top1("Table 2", "plain-18", 27.94),
            top1("Table 2", "plain-34", 28.54),
            top1("Table 2", "ResNet-18", 27.88),
            top1("Table 2", "ResNet-34", 25.03));

    /** Error on ImageNet's validation set, ten crops. */
    public static final List<Published> TABLE3 = both(
            "Table 3",
            List.of(
                    new Errors("VGG-16", 28.07, 9.33),
                    new Errors("GoogLeNet", Double.NaN, 9.15),
                    new Errors("PReLU-net", 24.27, 7.38),
                    new Errors("plain-34", 28.54, 10.02),
                    new Errors("ResNet-34 A", 25.03, 7.76),
                    new Errors("ResNet-34 B", 24.52, 7.46),
                    new Errors("ResNet-34 C", 24.19, 7.40),
                    new Errors("ResNet-50", 22.85, 6.71),
                    new Errors("ResNet-101", 21.75, 6.05),
                    new Errors("ResNet-152", 21.43, 5.71)));

    /** Error of single models on ImageNet's validation set; VGG of ILSVRC'14 on the test set. */
    public static final List<Published> TABLE4 = both(
            "Table 4",
            List.of(
                    new Errors("VGG (ILSVRC'14)", Double.NaN, 8.43),
                    new Errors("GoogLeNet", Double.NaN, 7.89),
                    new Errors("VGG (v5)", 24.4, 7.1),
                    new Errors("PReLU-net", 21.59, 5.71),
                    new Errors("BN-inception", 21.99, 5.81),
                    new Errors("ResNet-34 B", 21.84, 5.71),
                    new Errors("ResNet-34 C", 21.53, 5.60),
                    new Errors("ResNet-50", 20.74, 5.25),
                    new Errors("ResNet-101", 19.87, 4.60),
                    new Errors("ResNet-152", 19.38, 4.49)));

    /** Error of ensembles on ImageNet's test set; ResNet is six models of different depths. */
    public static final List<Published> TABLE5 = both(
            "Table 5",
            List.of(
                    new Errors("VGG (ILSVRC'14)", Double.NaN, 7.32),
                    new Errors("GoogLeNet", Double.NaN, 6.66),
                    new Errors("VGG (v5)", Double.NaN, 6.8),
                    new Errors("PReLU-net", Double.NaN, 4.94),
                    new Errors("BN-inception", Double.NaN, 4.82),
                    new Errors("ResNet (ILSVRC'15)", Double.NaN, 3.57)));

    /** Test error on CIFAR-10, and parameters. Means where the paper prints them; its best run of ResNet-110 has 6.43 %. */
    public static final List<Published> TABLE6 = List.of(
            top1("Table 6", "Maxout", 9.38),
            top1("Table 6", "NIN", 8.81),
            top1("Table 6", "DSN", 8.22),
            top1("Table 6", "FitNet", 8.39),
            new Published("Table 6", "Highway-19", TOP1_ERROR, 7.72, 2, 5, 0.16),
            top1("Table 6", "Highway-32", 8.80),
            top1("Table 6", "ResNet-20", 8.75),
            top1("Table 6", "ResNet-32", 7.51),
            top1("Table 6", "ResNet-44", 7.17),
            top1("Table 6", "ResNet-56", 6.97),
            new Published("Table 6", "ResNet-110", TOP1_ERROR, 6.61, 2, 5, 0.16),
            top1("Table 6", "ResNet-1202", 7.93),
            parameters("Highway-19", 2.3, 1),
            parameters("Highway-32", 1.25, 2),
            parameters("ResNet-20", 0.27, 2),
            parameters("ResNet-32", 0.46, 2),
            parameters("ResNet-44", 0.66, 2),
            parameters("ResNet-56", 0.85, 2),
            parameters("ResNet-110", 1.7, 1),
            parameters("ResNet-1202", 19.4, 1));

    private Paper() {}

    /** The number of a table for this network; empty if it prints none. */
    public static Optional<Published> find(List<Published> table, String subject, Quantity quantity) {
        return table.stream()
                .filter(p -> p.subject().equals(subject) && p.quantity() == quantity)
                .findFirst();
    }

    private record Errors(String subject, double top1, double top5) {}

    private static List<Published> both(String place, List<Errors> rows) {
        List<Published> all = new ArrayList<>();
        for (Errors row : rows) {
            if (!Double.isNaN(row.top1())) {
                all.add(top1(place, row.subject(), row.top1()));
            }
            all.add(Published.of(place, row.subject(), TOP5_ERROR, row.top5(), 2));
        }
        return List.copyOf(all);
    }

    private static Published top1(String place, String subject, double value) {
        return Published.of(place, subject, TOP1_ERROR, value, 2);
    }

    private static Published macs(String subject, double value) {
        return Published.of("Table 1", subject, MULTIPLY_ADDS, value, 1);
    }

    private static Published parameters(String subject, double value, int decimals) {
        return Published.of("Table 6", subject, PARAMETERS, value, decimals);
    }
}
