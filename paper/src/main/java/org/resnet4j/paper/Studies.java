package org.resnet4j.paper;

import static org.resnet4j.paper.Claim.Kind.HIGHER;
import static org.resnet4j.paper.Claim.Kind.NOT_HIGHER;
import static org.resnet4j.paper.Quantity.TOP1_ERROR;
import static org.resnet4j.paper.Quantity.TRAINING_ERROR;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.paper.Panel.Shows;
import org.resnet4j.paper.TrainingStudy.Choice;

/** The studies that train networks, as data. */
public final class Studies {
    private static final List<Integer> DEPTHS = List.of(20, 32, 44, 56);
    private static final String DEGRADATION =
            "Section 4.2: the deep plain nets suffer from increased depth, and exhibit higher training error when going deeper";
    private static final String OVERCOME = "Section 4.2: our ResNets manage to overcome the optimization difficulty";
    private static final String GAINS = "Section 4.2: and demonstrate accuracy gains when the depth increases";
    private static final List<String> CIFAR_REMARKS = List.of(
            "Trained on all 50,000 pictures, as for the paper's final numbers. The test set is evaluated after every epoch for the"
                    + " curves; nothing is chosen by it.",
            "The paper's mini-batch of 128 lay on two GPUs, so its batch norm saw 64 pictures at a time; here it sees 128.",
            "The curves have a point an epoch: the training error is the mean over an epoch's mini-batches, drawn in its middle.");

    private Studies() {}

    /** Fig. 1: plain networks of 20 and 56 layers. */
    public static Study fig1() {
        List<String> arms = List.of("plain-20", "plain-56");
        return new TrainingStudy(
                Target.FIG1,
                Stream.of(20, 56)
                        .map(n -> new Choice(Arm.cifar(false, n), true))
                        .toList(),
                List.of(
                        deeperIsWorse(56, TRAINING_ERROR, "Fig. 1: the deeper network has higher training error"),
                        deeperIsWorse(56, TOP1_ERROR, "Fig. 1: and thus test error")),
                List.of(
                        new Panel("training error", arms, Shows.TRAINING, 0, 20),
                        new Panel("test error", arms, Shows.TEST, 0, 20)),
                "Training error (left) and test error (right) of plain networks of 20 and 56 layers on CIFAR-10. Bands: one deviation.",
                List.of(),
                CIFAR_REMARKS);
    }

    /** Fig. 6: plain networks beside ResNets. */
    public static Study fig6() {
        List<Choice> networks = new ArrayList<>();
        DEPTHS.forEach(n -> networks.add(new Choice(Arm.cifar(false, n), true)));
        networks.addAll(residual());
        List<Claim> claims = new ArrayList<>();
        for (int depth : List.of(32, 44, 56)) {
            claims.add(deeperIsWorse(depth, TRAINING_ERROR, DEGRADATION));
        }
        for (int depth : List.of(32, 44, 56, 110)) {
            claims.add(new Claim(
                    OVERCOME,
                    "ResNet-" + depth + " trains no worse than ResNet-20",
                    NOT_HIGHER,
                    TRAINING_ERROR,
                    "ResNet-" + depth,
                    "ResNet-20"));
            claims.add(gain(depth));
        }
        for (int depth : List.of(44, 56)) {
            claims.add(new Claim(
                    "Fig. 6, left beside middle; section 4.1 of 34 layers: the ResNet exhibits considerably lower training error",
                    "plain-" + depth + " trains worse than ResNet-" + depth,
                    HIGHER,
                    TRAINING_ERROR,
                    "plain-" + depth,
                    "ResNet-" + depth));
        }
        claims.add(overfits());
        return new TrainingStudy(
                Target.FIG6,
                networks,
                claims,
                List.of(
                        new Panel("plain", names("plain-", DEPTHS), Shows.BOTH, 0, 20),
                        new Panel("ResNet", names("ResNet-", List.of(20, 32, 44, 56, 110)), Shows.BOTH, 0, 20),
                        new Panel(
                                "ResNet, 110 and 1202 layers",
                                names("ResNet-", List.of(110, 1202)),
                                Shows.BOTH,
                                0,
                                20)),
                "Training on CIFAR-10. Dashed: training error, bold: test error. Left: plain networks; then ResNets. Bands: one deviation"
                        + " of the test error.",
                errors("ResNet-"),
                Stream.concat(
                                CIFAR_REMARKS.stream(),
                                Stream.of("The paper does not draw plain-110, whose error is above 60 %."))
                        .toList());
    }

    /** Table 6: test error and parameters of ResNets on CIFAR-10. */
    public static Study table6() {
        List<Claim> claims =
                new ArrayList<>(Stream.of(32, 44, 56, 110).map(Studies::gain).toList());
        claims.add(overfits());
        return new TrainingStudy(
                Target.TABLE6,
                residual(),
                claims,
                List.of(),
                "",
                Paper.TABLE6.stream()
                        .filter(p -> p.subject().startsWith("ResNet"))
                        .toList(),
                CIFAR_REMARKS.subList(0, 2));
    }

    /** Options A, B and C of section 3.3 on CIFAR-10. */
    public static Study shortcuts() {
        List<Choice> networks = new ArrayList<>();
        List<Claim> claims = new ArrayList<>();
        List<Panel> panels = new ArrayList<>();
        for (int depth : DEPTHS) {
            boolean usual = depth == 20;
            Arm a = Arm.cifar(true, depth);
            String name = "ResNet-" + depth;
            networks.add(new Choice(Arm.cifar(false, depth), usual));
            networks.add(new Choice(a.varied(name + " A", "", List.of()), usual));
            networks.add(new Choice(a.varied(name + " B", "B", List.of("--shortcut", "B")), usual));
            networks.add(new Choice(a.varied(name + " C", "C", List.of("--shortcut", "C")), usual));
            for (String option : List.of("A", "B", "C")) {
                claims.add(new Claim(
                        "Section 4.1: all three options are considerably better than the plain counterpart",
                        "plain-" + depth + " has a higher test error than " + name + " " + option,
                        HIGHER,
                        TOP1_ERROR,
                        "plain-" + depth,
                        name + " " + option));
            }
            claims.add(new Claim(
                    "Section 4.1: B is slightly better than A",
                    name + " A has a higher test error than B",
                    HIGHER,
                    TOP1_ERROR,
                    name + " A",
                    name + " B"));
            claims.add(new Claim(
                    "Section 4.1: C is marginally better than B",
                    name + " B has a higher test error than C",
                    HIGHER,
                    TOP1_ERROR,
                    name + " B",
                    name + " C"));
            panels.add(new Panel(
                    depth + " layers",
                    List.of("plain-" + depth, name + " A", name + " B", name + " C"),
                    Shows.BOTH,
                    0,
                    20));
        }
        return new TrainingStudy(
                Target.SHORTCUTS,
                networks,
                claims,
                panels,
                "Options A (identity, zeros for new channels), B (projections where the size changes) and C (projections everywhere)."
                        + " Dashed: training error, bold: test error.",
                List.of(),
                Stream.concat(
                                Stream.of(
                                        "The paper compares the options on ImageNet with 34 layers: top-1 error 25.03 (A), 24.52 (B), 24.19 (C)"
                                                + " with 10 crops, table 3. On CIFAR-10 it has option A only, so there are no numbers of it to compare"
                                                + " with.",
                                        "It calls the differences among A, B and C small, and projections not essential: differences within three"
                                                + " standard errors of each other are no contradiction."),
                                CIFAR_REMARKS.stream())
                        .toList());
    }

    /** Gated shortcuts beside free ones and none. */
    public static Study highway() {
        List<Choice> networks = new ArrayList<>();
        List<Claim> claims = new ArrayList<>();
        List<Panel> panels = new ArrayList<>();
        for (Pair pair : List.of(new Pair(19, 20), new Pair(32, 32))) {
            String gated = "Highway-" + pair.gated();
            int depth = pair.others();
            // Chosen by the depth of its neighbours.
            networks.add(new Choice(Arm.cifar(gated, "cifar_highway" + pair.gated(), depth), true));
            networks.add(new Choice(Arm.cifar(false, depth), true));
            networks.add(new Choice(Arm.cifar(true, depth), true));
            claims.add(new Claim(
                    "Section 4.2 has it of deep networks: plain nets suffer from increased depth, ResNets overcome the difficulty",
                    "plain-" + depth + " trains worse than ResNet-" + depth,
                    HIGHER,
                    TRAINING_ERROR,
                    "plain-" + depth,
                    "ResNet-" + depth));
            panels.add(new Panel(
                    depth + " layers", List.of(gated, "plain-" + depth, "ResNet-" + depth), Shows.BOTH, 0, 20));
        }
        claims.add(new Claim(
                "Table 6: 8.80 beside 7.51",
                "Highway-32 has a higher test error than ResNet-32",
                HIGHER,
                TOP1_ERROR,
                "Highway-32",
                "ResNet-32"));
        claims.add(new Claim(
                "Table 6: 8.75 beside 7.72",
                "ResNet-20 has a higher test error than Highway-19",
                HIGHER,
                TOP1_ERROR,
                "ResNet-20",
                "Highway-19"));
        return new TrainingStudy(
                Target.HIGHWAY,
                networks,
                claims,
                panels,
                "Gated shortcuts (highway), none (plain) and free ones (ResNet). Dashed: training error, bold: test error.",
                Paper.TABLE6.stream()
                        .filter(p -> p.subject().startsWith("Highway")
                                || p.subject().equals("ResNet-20")
                                || p.subject().equals("ResNet-32"))
                        .filter(p -> !p.subject().startsWith("ResNet") || p.quantity() == TOP1_ERROR)
                        .toList(),
                Stream.concat(
                                Stream.of(
                                        "Highway networks are trained here with the paper's recipe for CIFAR-10; Srivastava et al. trained them with"
                                                + " one of their own, whose results table 6 quotes.",
                                        "Widths differ: Highway-19 has 2.3 M parameters and dropout beside ResNet-20's 0.27 M without, Highway-32"
                                                + " 1.25 M beside 0.46 M. What is compared is the networks as published, not the gates alone.",
                                        "The paper prints no table of the highway networks' layers; docs/models says what was chosen."),
                                CIFAR_REMARKS.stream())
                        .toList());
    }

    /** Fig. 4: training on ImageNet, or on another folder of pictures. */
    public static Study fig4() {
        List<Choice> networks = new ArrayList<>();
        for (int depth : List.of(18, 34)) {
            networks.add(new Choice(imagenet("plain-" + depth, "plain" + depth, "", depth, List.of()), true));
        }
        for (int depth : List.of(18, 34)) {
            networks.add(new Choice(
                    imagenet("ResNet-" + depth, "resnet" + depth, "A", depth, List.of("--shortcut", "A")), true));
        }
        String place = "Section 4.1, fig. 4 and table 2";
        return new TrainingStudy(
                Target.FIG4,
                networks,
                List.of(
                        new Claim(
                                place + ": the deeper plain net has higher training error throughout",
                                "plain-34 trains worse than plain-18",
                                HIGHER,
                                TRAINING_ERROR,
                                "plain-34",
                                "plain-18"),
                        new Claim(
                                place + ": and higher validation error",
                                "plain-34 has a higher validation error than plain-18",
                                HIGHER,
                                TOP1_ERROR,
                                "plain-34",
                                "plain-18"),
                        new Claim(
                                place + ": the situation is reversed with residual learning",
                                "ResNet-34 trains no worse than ResNet-18",
                                NOT_HIGHER,
                                TRAINING_ERROR,
                                "ResNet-34",
                                "ResNet-18"),
                        new Claim(
                                place + ": the 34-layer ResNet is better than the 18-layer ResNet",
                                "ResNet-18 has a higher validation error than ResNet-34",
                                HIGHER,
                                TOP1_ERROR,
                                "ResNet-18",
                                "ResNet-34"),
                        new Claim(
                                place + ": compared to its plain counterpart, it reduces the error",
                                "plain-34 has a higher validation error than ResNet-34",
                                HIGHER,
                                TOP1_ERROR,
                                "plain-34",
                                "ResNet-34")),
                List.of(
                        new Panel("plain", List.of("plain-18", "plain-34"), Shows.BOTH, 20, 60),
                        new Panel("ResNet", List.of("ResNet-18", "ResNet-34"), Shows.BOTH, 20, 60)),
                "Training on ImageNet. Dashed: training error, bold: validation error of the middle crop. Left: plain networks; right:"
                        + " ResNets without extra parameters.",
                List.of(),
                List.of(
                        "Errors are of one crop, as the paper's curves; its table 2 has those of ten crops.",
                        "The paper divides the rate where the error plateaus and does not say how long a plateau is; here it is five epochs of"
                                + " 120, shortened with the schedule.",
                        "On a folder other than ImageNet, statements of the paper are tested on other pictures and other classes."));
    }

    /** Depths of neighbours. */
    private record Pair(int gated, int others) {}

    private static Arm imagenet(String name, String model, String variant, int depth, List<String> words) {
        return new Arm(name, model, variant, depth, "paper-imagenet", Course.Epochs.IMAGENET, words);
    }

    private static Claim deeperIsWorse(int depth, Quantity error, String place) {
        String what =
                error == TRAINING_ERROR ? " trains worse than plain-20" : " has a higher test error than plain-20";
        return new Claim(place, "plain-" + depth + what, HIGHER, error, "plain-" + depth, "plain-20");
    }

    private static Claim gain(int depth) {
        return new Claim(
                GAINS,
                "ResNet-20 has a higher test error than ResNet-" + depth,
                HIGHER,
                TOP1_ERROR,
                "ResNet-20",
                "ResNet-" + depth);
    }

    private static Claim overfits() {
        return new Claim(
                "Section 4.2: the testing result of this 1202-layer network is worse than that of our 110-layer network",
                "ResNet-1202 has a higher test error than ResNet-110",
                HIGHER,
                TOP1_ERROR,
                "ResNet-1202",
                "ResNet-110");
    }

    /** ResNets for CIFAR-10; the one of 1202 layers only where it is asked for: it takes as long as twenty of 56. */
    private static List<Choice> residual() {
        return Stream.of(20, 32, 44, 56, 110, 1202)
                .map(n -> new Choice(Arm.cifar(true, n), n != 1202))
                .toList();
    }

    private static List<Published> errors(String prefix) {
        return Paper.TABLE6.stream()
                .filter(p -> p.quantity() == TOP1_ERROR && p.subject().startsWith(prefix))
                .toList();
    }

    private static List<String> names(String prefix, List<Integer> depths) {
        return depths.stream().map(n -> prefix + n).toList();
    }
}
