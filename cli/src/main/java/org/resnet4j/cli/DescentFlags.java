package org.resnet4j.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.optim.AdamWOptions;
import org.resnet4j.optim.Clipping;
import org.resnet4j.optim.LambOptions;
import org.resnet4j.optim.LarsOptions;
import org.resnet4j.optim.Momentum;
import org.resnet4j.optim.OptimizerOptions;
import org.resnet4j.optim.SgdOptions;
import org.resnet4j.optim.WeightDecay;
import picocli.CommandLine.Option;

/** The optimiser, its decay and the clipping. */
final class DescentFlags {
    @Option(
            names = {"--opt", "--optimizer"},
            defaultValue = "sgd",
            paramLabel = "sgd|lars|adamw|lamb",
            description = "Default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String name;

    @Option(names = "--momentum", defaultValue = "0.9", paramLabel = "X", description = "Default ${DEFAULT-VALUE}.")
    private double momentum;

    @Option(
            names = "--momentum-convention",
            defaultValue = "pytorch",
            paramLabel = "pytorch|caffe",
            description = "Where the rate multiplies; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String convention;

    @Option(names = "--nesterov", description = "Look ahead along the velocity; sgd and lars.")
    private boolean nesterov;

    @Option(
            names = "--decoupled-decay",
            description = "sgd takes its decay from the weights, not through the velocity.")
    private boolean decoupled;

    @Option(
            names = "--trust",
            defaultValue = "0.001",
            paramLabel = "X",
            description = "Of lars; default ${DEFAULT-VALUE}.")
    private double trust;

    @Option(
            names = {"--wd", "--weight-decay"},
            defaultValue = "1e-4",
            paramLabel = "X",
            description = "Default ${DEFAULT-VALUE}.")
    private double decay;

    @Option(
            names = "--norm-weight-decay",
            paramLabel = "X",
            description = "Of batch norm's scales and shifts; default: as the weights.")
    private @Nullable Double normDecay;

    @Option(names = "--bias-weight-decay", paramLabel = "X", description = "Of biases; default: as the weights.")
    private @Nullable Double biasDecay;

    @Option(
            names = "--clip-grad",
            paramLabel = "X",
            description = "Largest norm, or factor of agc; default: no clipping.")
    private @Nullable Double clip;

    @Option(
            names = "--clip-mode",
            defaultValue = "norm",
            paramLabel = "norm|agc",
            description = "All gradients together or unit by unit; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String clipMode;

    OptimizerOptions optimizer() {
        WeightDecay all =
                new WeightDecay(decay, normDecay == null ? decay : normDecay, biasDecay == null ? decay : biasDecay);
        boolean caffe = "caffe".equals(Limits.oneOf("--momentum-convention", convention, "pytorch", "caffe"));
        String rule = name.toLowerCase(Locale.ROOT);
        if ((nesterov && !rule.equals("sgd") && !rule.equals("lars")) || (decoupled && !rule.equals("sgd"))) {
            throw new IllegalArgumentException(
                    "--nesterov is for sgd and lars, --decoupled-decay for sgd, found --opt " + name);
        }
        return switch (rule) {
            case "sgd" -> new SgdOptions(momentum, caffe ? Momentum.CAFFE : Momentum.PYTORCH, nesterov, decoupled, all);
            case "lars" -> new LarsOptions(momentum, nesterov, trust, all);
            case "adamw" -> AdamWOptions.of(all);
            case "lamb" -> LambOptions.of(all);
            default -> throw new IllegalArgumentException("--opt must be sgd, lars, adamw or lamb, found " + name);
        };
    }

    Clipping clipping() {
        boolean agc = "agc".equals(Limits.oneOf("--clip-mode", clipMode, "norm", "agc"));
        Double most = clip;
        if (most == null) {
            return new Clipping.None();
        }
        return agc ? new Clipping.Adaptive(most) : new Clipping.Norm(most);
    }
}
