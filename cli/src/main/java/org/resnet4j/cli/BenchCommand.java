package org.resnet4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.cli.bench.Case;
import org.resnet4j.cli.bench.Sample;
import org.resnet4j.cli.bench.Workload;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.onednn.Ceilings;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.pass.Precision;
import org.resnet4j.record.Provenance;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How fast networks run here, beside what the machine can do at all. */
@Command(
        name = "bench",
        description =
                "Measures inference and training, and the machine's own ceilings beside them. On an idle machine only.",
        footer = {
            "",
            "A share is images a second times the network's operations over the machine's best matrix product of that precision.",
            "Winograd's algorithm needs fewer operations than are counted, so that fp32 inference may pass 100 %%.",
            "",
            "Examples:",
            "  resnet bench --quick",
            "  resnet bench resnet18 resnet50 --bench infer --precision fp32,bf16,int8 --batch-size 1,16",
            "  resnet bench resnet50 --bench train --precision bf16 --batch-size 16 --detail",
            "  resnet bench --results-file bench.csv"
        })
final class BenchCommand extends Surrounded {
    /** What is measured where nothing else is asked for. */
    private static final List<String> USUAL = List.of(
            "resnet50:infer:fp32:16",
            "resnet50:infer:bf16:16",
            "resnet50:infer:int8:16",
            "resnet50:infer:fp32:1",
            "resnet50:infer:bf16:1",
            "resnet50:infer:int8:1",
            "resnet50:train:fp32:16",
            "resnet50:train:bf16:16",
            "cifar_resnet20:train:fp32:128",
            "cifar_resnet20:train:bf16:128");

    private static final String HEADER = "model,mode,precision,batch_size,img_size,samples_per_sec,samples_per_sec_min,"
            + "samples_per_sec_max,step_time_p50,step_time_p90,step_time_p99,gflops_per_sec,share_of_ceiling";

    private enum Mode {
        INFER,
        TRAIN,
        BOTH
    }

    @Parameters(
            arity = "0..*",
            paramLabel = "MODEL",
            description = "Networks; default: resnet50 and cifar_resnet20 as the README's table has them.")
    private List<String> models = new ArrayList<>();

    @Option(
            names = "--bench",
            defaultValue = "infer",
            paramLabel = "infer|train|both",
            description = "Of named networks; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // has a default
    private Mode mode;

    @Option(
            names = "--precision",
            split = ",",
            defaultValue = "fp32",
            paramLabel = "fp32|bf16|int8",
            description = "Of named networks, separated by commas; default ${DEFAULT-VALUE}.")
    private List<String> precisions = new ArrayList<>();

    @Option(
            names = {"-b", "--batch-size", "--batch"},
            converter = BatchSize.class,
            split = ",",
            defaultValue = "16",
            paramLabel = "N",
            description = "Of named networks, separated by commas; default ${DEFAULT-VALUE}.")
    private List<Integer> batches = new ArrayList<>();

    @Option(names = "--quick", description = "Shorter: done in three minutes.")
    private boolean quick;

    @Option(
            names = "--rounds",
            defaultValue = "0",
            paramLabel = "N",
            description = "Samples of each case, of which the median counts; default 5, with --quick 3.")
    private int rounds;

    @Option(
            names = "--seconds",
            defaultValue = "0",
            paramLabel = "S",
            description = "Of a sample; default 5, with --quick 1.")
    private double seconds;

    @Mixin
    private final ThreadOption threads = new ThreadOption();

    @Option(names = "--detail", description = "Also the time of each kind of step.")
    private boolean detail;

    @Option(names = "--no-winograd", description = "Without Winograd's algorithm.")
    private boolean direct;

    @Option(names = "--results-file", paramLabel = "FILE", description = "CSV with timm's columns and the machine.")
    private @Nullable Path file;

    @Option(names = "--json", description = "A line of JSON a case instead of the table.")
    private boolean json;

    @Option(
            names = "--serve",
            paramLabel = "MODEL:infer|train:PRECISION:BATCH",
            description = "One case for a script that takes turns: answers each line 'SECONDS' on standard input by"
                    + " 'img/s p50 p90 p99'.")
    private @Nullable String serve;

    BenchCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        OnednnBackend backend = threads.backend(surroundings).withWinograd(!direct);
        if (serve != null) {
            answer(Case.parse(serve), backend);
            return 0;
        }
        List<Case> cases = cases();
        int samples = rounds > 0 ? rounds : quick ? 3 : 5;
        double each = seconds > 0 ? seconds : quick ? 1 : 5;
        List<String> facts = facts(backend);
        if (!json) {
            facts.forEach(out()::println);
        }
        Ceilings ceilings = Ceilings.measure(backend, quick ? 4 : 10);
        String limits = describe(ceilings);
        if (!json) {
            out().println(limits);
            out().printf(
                            Locale.ROOT,
                            "%n%-32s %9s %8s %9s %9s %9s %9s%n",
                            "case",
                            "img/s",
                            "share",
                            "GFLOP/s",
                            "p50 ms",
                            "p90 ms",
                            "p99 ms");
            out().flush();
        }
        List<String> rows = new ArrayList<>();
        for (Case c : cases) {
            rows.add(measure(c, backend, ceilings, samples, each));
        }
        if (file != null) {
            String head = Stream.concat(facts.stream(), Stream.of(limits))
                    .map(l -> "# " + l + "\n")
                    .collect(Collectors.joining());
            AtomicFile.writeText(file, head + HEADER + "\n" + String.join("\n", rows) + "\n");
        }
        return 0;
    }

    private List<Case> cases() {
        if (models.isEmpty()) {
            return USUAL.stream().map(Case::parse).toList();
        }
        List<Case> cases = new ArrayList<>();
        for (String model : models) {
            for (String precision : precisions) {
                Precision p = Precision.of(precision);
                for (int batch : batches) {
                    if (mode != Mode.TRAIN) {
                        cases.add(new Case(model, false, p, batch));
                    }
                    if (mode != Mode.INFER && (mode == Mode.TRAIN || p != Precision.INT8)) {
                        cases.add(new Case(model, true, p, batch));
                    }
                }
            }
        }
        return cases;
    }

    /** Machine, load, versions: what numbers mean nothing without. */
    private List<String> facts(OnednnBackend backend) throws IOException {
        Provenance p = Provenance.collect(Main.PROGRAM, backend.name(), null);
        Path load = Path.of("/proc/loadavg");
        return List.of(
                p.program() + ", " + p.java() + ", oneDNN " + backend.version() + ", " + backend.instructionSet(),
                p.cpu() + ", " + p.os() + ", " + p.processors() + " processors, " + backend.threads() + " threads"
                        + (Files.isReadable(load)
                                ? ", load before " + Files.readString(load).strip()
                                : ""));
    }

    private static String describe(Ceilings c) {
        return String.format(
                Locale.ROOT,
                "ceilings: fp32 %.0f GFLOP/s, bf16 %.0f, int8 %.0f, memory %.1f GB/s",
                c.f32() / 1e9,
                c.bf16() / 1e9,
                c.int8() / 1e9,
                c.bytes() / 1e9);
    }

    /** Prints a case as it is done; gives its row. */
    private String measure(Case c, OnednnBackend backend, Ceilings ceilings, int rounds, double seconds)
            throws IOException {
        try (Workload workload = Workload.open(c, backend)) {
            Sample.of(workload, seconds); // warms up the compiler and the caches
            List<Sample> samples = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                samples.add(Sample.of(workload, seconds));
            }
            Sample all = Sample.joined(samples);
            double rate = all.imagesPerSecond();
            double operations = rate * workload.operations();
            double share = operations / ceiling(ceilings, c.precision());
            double least =
                    samples.stream().mapToDouble(Sample::imagesPerSecond).min().orElse(rate);
            double most =
                    samples.stream().mapToDouble(Sample::imagesPerSecond).max().orElse(rate);
            if (json) {
                out().println(Main.json(row(c, all, operations, share)));
            } else {
                out().printf(
                                Locale.ROOT,
                                "%-32s %9.1f %6.1f %% %9.0f %9.2f %9.2f %9.2f%n",
                                c,
                                rate,
                                100 * share,
                                operations / 1e9,
                                all.percentile(0.5),
                                all.percentile(0.9),
                                all.percentile(0.99));
                if (detail) {
                    out().print(detail(workload));
                }
            }
            out().flush();
            return String.format(
                    Locale.ROOT,
                    "%s,%s,%s,%d,%d,%.2f,%.2f,%.2f,%.3f,%.3f,%.3f,%.1f,%.4f",
                    c.model(),
                    c.mode(),
                    c.precision(),
                    c.batch(),
                    workload.plan().graph().input("input").type().shape().dim(2),
                    rate,
                    least,
                    most,
                    all.percentile(0.5),
                    all.percentile(0.9),
                    all.percentile(0.99),
                    operations / 1e9,
                    share);
        }
    }

    private static double ceiling(Ceilings c, Precision precision) {
        return switch (precision) {
            case FP32 -> c.f32();
            case BF16 -> c.bf16();
            case INT8 -> c.int8();
        };
    }

    private static Map<String, Object> row(Case c, Sample sample, double operations, double share) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("model", c.model());
        row.put("mode", c.mode());
        row.put("precision", c.precision().toString());
        row.put("batch_size", c.batch());
        row.put("samples_per_sec", Double.parseDouble(Main.two(sample.imagesPerSecond())));
        row.put("step_time", Double.parseDouble(Main.two(sample.percentile(0.5))));
        row.put("step_time_p90", Double.parseDouble(Main.two(sample.percentile(0.9))));
        row.put("step_time_p99", Double.parseDouble(Main.two(sample.percentile(0.99))));
        row.put("gflops_per_sec", Double.parseDouble(Main.two(operations / 1e9)));
        row.put("share_of_ceiling", Double.parseDouble(Main.percent(share)));
        return row;
    }

    /** Milliseconds of a run by kind of step and implementation, longest first. */
    private static String detail(Workload workload) {
        long[] nanos = workload.profile(5);
        Map<String, Double> kinds = new TreeMap<>();
        double total = 0;
        for (int i = 0; i < nanos.length; i++) {
            Plan.Row row = workload.plan().rows().get(i);
            if (!row.op().startsWith("once ")) {
                String kind = row.op().replaceAll("\\[[^]]*]", "");
                kinds.merge(kind + ", " + row.implementation(), nanos[i] / 1e6, Double::sum);
                total += nanos[i] / 1e6;
            }
        }
        StringBuilder text = new StringBuilder();
        double all = total;
        kinds.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(e -> text.append(String.format(
                        Locale.ROOT, "  %9.2f ms %5.1f %%  %s%n", e.getValue(), 100 * e.getValue() / all, e.getKey())));
        return text.toString();
    }

    private void answer(Case c, OnednnBackend backend) throws IOException {
        try (Workload workload = Workload.open(c, backend);
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(surroundings.input(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Sample s = Sample.of(workload, Double.parseDouble(line.strip()));
                out().printf(
                                Locale.ROOT,
                                "%.3f %.3f %.3f %.3f%n",
                                s.imagesPerSecond(),
                                s.percentile(0.5),
                                s.percentile(0.9),
                                s.percentile(0.99));
                out().flush();
            }
        }
    }
}
