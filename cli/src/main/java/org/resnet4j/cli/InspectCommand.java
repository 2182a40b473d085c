package org.resnet4j.cli;

import org.resnet4j.engine.Plan;
import org.resnet4j.engine.PlanPrinter;
import org.resnet4j.grad.Gradients;
import org.resnet4j.grad.Recomputation;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.pass.Passes;
import org.resnet4j.pass.Precision;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The plan that would run, without running it. */
@Command(
        name = "inspect",
        description = "Prints the plan of a network: every step, its implementation, layout, place and bytes.",
        footer = {
            "",
            "Examples:",
            "  resnet inspect cifar_resnet20 --batch 128 --train",
            "  resnet inspect resnet50 --batch 1"
        })
final class InspectCommand extends Surrounded {
    @Mixin
    @SuppressWarnings("NullAway.Init") // set by the parser
    private ModelOptions model;

    @Option(
            names = {"-b", "--batch-size", "--batch"},
            converter = BatchSize.class,
            defaultValue = "1",
            paramLabel = "N",
            description = "Images a step; default ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--train", description = "The training plan instead of the inference plan.")
    private boolean train;

    @Mixin
    private final ThreadOption threads = new ThreadOption();

    @Option(
            names = "--precision",
            defaultValue = "fp32",
            paramLabel = "fp32|bf16",
            description = "Of the pictures; default ${DEFAULT-VALUE}.")
    private String precision = "fp32";

    @Option(names = "--grad-checkpointing", description = "Of the training plan: make pictures again for gradients.")
    private boolean recompute;

    @Option(names = "--no-implementations", description = "Leave out what differs between processors.")
    private boolean portable;

    InspectCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() {
        NetworkSpec spec = model.spec();
        Plan plan = threads.backend(surroundings).compile(train ? training(spec) : inference(spec));
        out().print(PlanPrinter.print(plan, !portable));
        return 0;
    }

    private Graph inference(NetworkSpec spec) {
        return Passes.forInference(Networks.graph(spec, Phase.INFERENCE), Precision.of(precision))
                .withBatch(batch);
    }

    private Graph training(NetworkSpec spec) {
        Graph forward = Passes.forTraining(Networks.trainingGraph(spec, Phase.TRAINING, 0), Precision.of(precision));
        Graph step = Gradients.of(forward, forward.output("loss")).withBatch(batch);
        return recompute ? Recomputation.of(step) : step;
    }
}
