package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.dataset.Cifar;
import org.resnet4j.dataset.Datasets;
import org.resnet4j.engine.Backend;
import org.resnet4j.paper.Comparison;
import org.resnet4j.paper.Experiment;
import org.resnet4j.paper.Finding;
import org.resnet4j.paper.Laboratory;
import org.resnet4j.paper.Protocol;
import org.resnet4j.paper.Report;
import org.resnet4j.paper.Result;
import org.resnet4j.paper.Scale;
import org.resnet4j.paper.Studies;
import org.resnet4j.paper.Study;
import org.resnet4j.paper.Target;
import org.resnet4j.paper.Training;
import org.resnet4j.paper.Turn;
import org.resnet4j.paper.measure.ArchitectureStudy;
import org.resnet4j.paper.measure.GradientStudy;
import org.resnet4j.paper.measure.ImageNetStudy;
import org.resnet4j.paper.measure.ResponseStudy;
import org.resnet4j.paper.measure.Subject;
import org.resnet4j.pass.Precision;
import org.resnet4j.record.Provenance;
import org.resnet4j.trainer.TrainEvent;
import org.resnet4j.trainer.TrainJob;
import org.resnet4j.trainer.TrainOptions;
import org.resnet4j.trainer.TrainOutcome;
import org.resnet4j.trainer.Trainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Repeats the paper's experiments and compares. */
@Command(
        name = "reproduce",
        description = {
            "Repeats experiments of \"Deep Residual Learning for Image Recognition\" and compares what comes out with"
                    + " the paper.",
            "Finished runs are kept in DIR/runs and used again, interrupted ones go on: the same command goes on where"
                    + " it was."
        },
        footer = {
            "",
            "Examples:",
            "  resnet reproduce --list",
            "  resnet reproduce fig6 --scale 1/32 --seeds 3 --only 20,56 --precision bf16",
            "  resnet reproduce fig1 table6 --scale 1/64 --out DIR",
            "  resnet reproduce table1 fig3",
            "  resnet reproduce fig7 --weights ResNet-20=resnet20.th --weights ResNet-32=resnet32.th",
            "  resnet reproduce table3 --data IMAGENET --weights ResNet-50=resnet50.pth",
            "  resnet reproduce fig4 --data IMAGENET --scale 1/40 --set img-size=128",
            "",
            "See docs/reproduce.md: what each does, how long it takes, what differs from the paper and why."
        })
final class ReproduceCommand extends Surrounded {
    /** What this command says itself; --set is for the rest. */
    private static final Set<String> SAID_HERE = Set.of(
            "model",
            "recipe",
            "data",
            "steps",
            "epochs",
            "decay-milestones",
            "patience-epochs",
            "precision",
            "amp",
            "seed",
            "out",
            "resume",
            "threads",
            "workers",
            "max-memory",
            "json",
            "dry-run",
            "find-lr",
            "initial-checkpoint",
            "checkpoint-interval");

    private static final Set<Target> OF_NO_DATA = EnumSet.of(Target.FIG3, Target.TABLE1);
    private static final Set<Target> OF_IMAGENET =
            EnumSet.of(Target.FIG4, Target.TABLE2, Target.TABLE3, Target.TABLE4, Target.TABLE5);

    @Parameters(arity = "0..*", paramLabel = "WHAT", description = "fig6, figure-6, table6, shortcuts ...; see --list.")
    private List<String> what = List.of();

    @Option(names = "--list", description = "Print what there is and exit.")
    private boolean list;

    @Option(
            names = "--scale",
            defaultValue = "1/32",
            paramLabel = "N/D",
            description = "Part of the paper's schedules; 1 for all of it; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String scale;

    @Option(
            names = "--seeds",
            defaultValue = "3",
            paramLabel = "N",
            description = "Runs of each network; default ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(names = "--only", split = ",", paramLabel = "DEPTH", description = "Networks of these depths only: 20,56.")
    private List<Integer> only = List.of();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Default: CIFAR-10 as `data get cifar10` fetched it; fig4 and table2 to table5 need ImageNet or"
                            + " another folder of pictures.")
    private @Nullable String data;

    @Option(
            names = "--precision",
            defaultValue = "fp32",
            paramLabel = "fp32|bf16",
            description = "Of training; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private String precision;

    @Option(names = "--finished", description = "Train nothing; compare the runs that are finished.")
    private boolean finished;

    @Option(
            names = "--set",
            paramLabel = "OPTION=VALUE",
            description = "An option of `resnet train` for every run, such as batch-size=64; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = {"--out", "--output"},
            defaultValue = "reproduced",
            paramLabel = "DIR",
            description = "Holds runs and reports; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private Path out;

    @Mixin
    private final SubjectOptions subjects = new SubjectOptions();

    @Mixin
    private final ThreadOption threads = new ThreadOption();

    @Mixin
    private final WorkerOption workers = new WorkerOption();

    @Mixin
    private final MemoryOption memory = new MemoryOption();

    @Option(names = "--json", description = "The report as one line of JSON, progress on standard error.")
    private boolean json;

    ReproduceCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        if (list) {
            for (Target target : Target.values()) {
                out().printf("%-10s %-12s %s%n", target, target.place(), target.title());
            }
            return 0;
        }
        if (what.isEmpty()) {
            throw new IllegalArgumentException("say what to reproduce; there are " + known());
        }
        List<Target> targets = what.stream().map(Target::of).distinct().toList();
        List<Study> studies = targets.stream().map(this::study).toList();
        for (String name : settings.keySet()) {
            if (SAID_HERE.contains(name)) {
                throw new IllegalArgumentException(
                        "--set " + name + ": that is what this command is told by options of its own; see --help");
            }
        }
        Protocol protocol =
                new Protocol(Scale.of(scale), seeds, only, Precision.of(precision), data(targets), settings);
        Optional<Report> report = new Experiment(studies, protocol, out, !finished).perform(new Here());
        if (report.isEmpty()) {
            return Main.INTERRUPTED;
        }
        String name = targets.stream().map(Target::toString).collect(Collectors.joining("-"));
        Files.createDirectories(out); // what needs no run has not made it
        Path page = out.resolve(name + ".html");
        report.get().writePage(page);
        String line = Main.json(report.get().toJson());
        AtomicFile.writeText(out.resolve(name + ".json"), line + "\n");
        if (json) {
            out().println(line);
        } else {
            report.get().results().forEach(this::show);
            out().println("report: " + page);
        }
        return 0;
    }

    private static String known() {
        return Arrays.stream(Target.values()).map(Target::toString).collect(Collectors.joining(", "));
    }

    private Study study(Target target) {
        return switch (target) {
            case FIG1 -> Studies.fig1();
            case FIG3 -> ArchitectureStudy.fig3();
            case FIG4 -> Studies.fig4();
            case FIG6 -> Studies.fig6();
            case FIG7 -> new ResponseStudy(subjects(), subjects.pictures(), workers.count());
            case TABLE1 -> ArchitectureStudy.table1();
            case TABLE2, TABLE3, TABLE4, TABLE5 -> new ImageNetStudy(target, subjects(), workers.count());
            case TABLE6 -> Studies.table6();
            case SHORTCUTS -> Studies.shortcuts();
            case GRADIENTS -> new GradientStudy(subjects(), subjects.trained() || finished, workers.count());
            case HIGHWAY -> Studies.highway();
        };
    }

    private List<Subject> subjects() {
        return subjects.subjects(ModelCache.of(surroundings));
    }

    private String data(List<Target> targets) {
        if (data != null) {
            return data;
        }
        for (Target target : targets) {
            if (OF_IMAGENET.contains(target)) {
                throw new IllegalArgumentException(
                        target + " is about ImageNet, or another folder of pictures; name it with --data DIR");
            }
        }
        if (OF_NO_DATA.containsAll(targets)) {
            return Datasets.SHAPES; // which nobody looks at
        }
        if (!Cifar.is10(surroundings.cifar10())) {
            throw new IllegalArgumentException(surroundings.cifar10() + ": no CIFAR-10; fetch it with `resnet data get"
                    + " cifar10`, or name its folder with --data DIR");
        }
        return surroundings.cifar10().toString();
    }

    private void show(Result result) {
        out().println();
        out().println(result.target().place() + ": " + result.target().title());
        for (Finding f : result.findings()) {
            out().printf("  %-15s %s%n  %-15s %s%n", f.verdict(), f.statement(), "", f.evidence());
        }
        for (Comparison c : result.comparisons()) {
            out().printf(
                            Locale.ROOT,
                            "  %-15s %s, %s: paper %s, ours %s (n = %d)%n",
                            c.verdict(),
                            c.paper().subject(),
                            c.paper().quantity(),
                            c.paper().printed(),
                            c.paper().quantity().format(c.ours().mean()),
                            c.ours().n());
        }
    }

    /** This process around the experiment. */
    private final class Here implements Laboratory {
        private @Nullable Backend backend;

        @Override
        public Training prepare(List<String> words) throws IOException {
            List<String> all = new ArrayList<>(words);
            all.addAll(List.of("--workers", Integer.toString(workers.count())));
            TrainingCommand.Prepared prepared = TrainCommand.prepare(surroundings, all);
            TrainJob job = prepared.job().on(backend(), memory.bytes());
            return new Ready(prepared, job);
        }

        @Override
        public TrainOutcome train(Trainer trainer) throws IOException {
            return StopOnSignal.train(trainer, err(), "the same command");
        }

        @Override
        public void reused(Turn turn) {
            people().println(turn + ": " + turn.name() + " is there already");
        }

        @Override
        public Consumer<TrainEvent> watch(Turn turn) {
            people().println(turn + ": " + turn.name() + (turn.begun() ? " goes on" : ""));
            people().flush();
            return new ProgressBar(
                    people(),
                    !json && surroundings.terminal(),
                    turn + " ",
                    pace -> ", of all " + ProgressBar.eta(turn.left(pace).toSeconds()));
        }

        @Override
        public Backend backend() {
            if (backend == null) {
                backend = threads.backend(surroundings);
            }
            return backend;
        }

        @Override
        public Provenance provenance() {
            return Provenance.collect(Main.PROGRAM, backend().name(), null);
        }
    }

    private PrintWriter people() {
        return json ? err() : out();
    }

    /** What {@code resnet train} would begin. */
    private record Ready(TrainingCommand.Prepared prepared, TrainJob job) implements Training {
        @Override
        public TrainOptions options() {
            return prepared.options();
        }

        @Override
        public void finish(Path run) throws IOException {
            TrainingCommand.modelFolder(prepared.job(), run, options());
        }
    }
}
