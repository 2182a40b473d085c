package org.resnet4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.optim.LayerRates;
import org.resnet4j.trainer.Averaging;
import picocli.CommandLine.Option;

/** Which layers are trained, by what statistics, and at which rates; the first two are saved with the run as words. */
final class TuneFlags {
    /** Batches over which {@code --bn precise} averages where {@code --precise-bn} does not say. */
    private static final int PRECISE_BATCHES = 50;

    @Option(
            names = "--freeze",
            paramLabel = "none|stages|backbone|MODULE",
            description =
                    "What is not trained: nothing, all before the last stage, all but the last layer, or the front up to and"
                            + " with a module such as conv1, layer3 or layer4.0. Batch norms in it keep statistics, scale and shift.")
    private @Nullable String freeze;

    @Option(
            names = "--bn",
            paramLabel = "train|frozen|precise",
            description =
                    "Batch norms of trained layers: by the batch's statistics, which move the stored ones (train); by stored"
                            + " statistics that do not move, scale and shift are trained (frozen); as train, and the stored ones made anew"
                            + " at the end (precise).")
    private @Nullable String norm;

    @Option(
            names = "--layer-decay",
            paramLabel = "X",
            description = "Factor of the rate from one block to the one before it, as timm's; default 1.")
    private @Nullable Double layerDecay;

    @Option(names = "--head-lr-scale", paramLabel = "X", description = "Factor of the last layer's rate; default 1.")
    private @Nullable Double headScale;

    /** By the names of the flags; only what was given. */
    Map<String, String> words() {
        Map<String, String> words = new LinkedHashMap<>();
        if (freeze != null) {
            words.put(Job.FREEZE, freeze.equals("all") ? "backbone" : freeze);
        }
        String given = "eval".equals(norm) ? "frozen" : norm;
        String mode = Limits.oneOf("--bn", given, "train", "frozen", "precise");
        if (mode != null) {
            words.put(Job.NORM, mode);
        }
        return words;
    }

    LayerRates rates() {
        return new LayerRates(layerDecay == null ? 1 : layerDecay, headScale == null ? 1 : headScale);
    }

    /** With the batches that {@code --bn precise} needs. */
    Averaging averaging(Averaging asked, int batchesPerEpoch) {
        return "precise".equals(norm) && asked.normBatches() == 0
                ? new Averaging(asked.decay(), asked.every(), Math.clamp(batchesPerEpoch, 1, PRECISE_BATCHES))
                : asked;
    }
}
