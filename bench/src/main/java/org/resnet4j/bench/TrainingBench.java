package org.resnet4j.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.resnet.Models;
import org.resnet4j.resnet.ResNetSpec;

/**
 * Training steps of a CIFAR ResNet in turns with libtorch: {@code TrainingBench DEPTH BATCH THREADS ROUNDS SECONDS FILE}.
 *
 * <p>Both start from the same weights and see the same batch; their losses of the first steps must agree before anything is
 * timed. A round times one side and then the other; the result is the median over the rounds of each and of their ratio.
 */
final class TrainingBench {
    private static final int AGREEING_STEPS = 3;
    private static final int WARM_UP = 15;

    private TrainingBench() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 6) {
            System.err.println("usage: bench/libtorch DEPTH BATCH THREADS ROUNDS SECONDS FILE");
            System.exit(2);
        }
        int depth = Integer.parseInt(args[0]);
        int size = Integer.parseInt(args[1]);
        int threads = Integer.parseInt(args[2]);
        int rounds = Integer.parseInt(args[3]);
        double seconds = Double.parseDouble(args[4]);
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "resnet4j", "native");
        ResNetSpec spec = Models.byName("cifar_resnet" + depth);
        try (Arena arena = Arena.ofShared()) {
            SyntheticBatch batch = SyntheticBatch.of(size, 32, arena);
            try (OurTraining ours = new OurTraining(spec, OnednnBackend.open(cache, threads), batch);
                    LibtorchTraining theirs = new LibtorchTraining(depth, batch, threads, ours::weights)) {
                agree(ours, theirs);
                Result result = time(ours, theirs, new Length(rounds, seconds, size));
                System.out.println(result.describe());
                Files.writeString(Path.of(args[5]), result.csv(spec.name() + " fp32 batch " + size, threads));
            }
        }
        System.exit(0); // libtorch leaves threads behind
    }

    private static void agree(Contestant ours, Contestant theirs) {
        for (int i = 0; i < AGREEING_STEPS; i++) {
            double a = ours.step();
            double b = theirs.step();
            System.out.printf(Locale.ROOT, "step %d: loss %.5f and %.5f%n", i + 1, a, b);
            if (Math.abs(a - b) > 0.01 * Math.max(1, Math.abs(b))) {
                throw new IllegalStateException("the two sides compute different things; nothing was timed");
            }
        }
    }

    private record Length(int rounds, double seconds, int batch) {}

    private static Result time(Contestant ours, Contestant theirs, Length length) throws IOException {
        for (int i = 0; i < WARM_UP; i++) {
            ours.step();
            theirs.step();
        }
        String load = Files.exists(Path.of("/proc/loadavg"))
                ? Files.readString(Path.of("/proc/loadavg")).strip()
                : "unknown";
        List<double[]> rows = new ArrayList<>();
        for (int r = 0; r < length.rounds(); r++) {
            rows.add(new double[] {rate(ours, length), rate(theirs, length)});
            System.out.printf(Locale.ROOT, "round %d: %.0f and %.0f img/s%n", r + 1, rows.get(r)[0], rows.get(r)[1]);
        }
        return new Result(ours.name(), theirs.name(), rows, load);
    }

    private static double rate(Contestant side, Length length) {
        side.step(); // wakes its threads
        long start = System.nanoTime();
        long end = start + (long) (length.seconds() * 1e9);
        long steps = 0;
        long now;
        do {
            side.step();
            steps++;
            now = System.nanoTime();
        } while (now < end);
        return steps * length.batch() * 1e9 / (now - start);
    }

    private record Result(String ours, String theirs, List<double[]> rows, String load) {
        private double median(java.util.function.ToDoubleFunction<double[]> of) {
            double[] sorted = rows.stream().mapToDouble(of).sorted().toArray();
            int n = sorted.length;
            return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
        }

        String describe() {
            return String.format(
                    Locale.ROOT,
                    "median %.0f img/s (%s), %.0f img/s (%s), ratio %.3f",
                    median(r -> r[0]),
                    ours,
                    median(r -> r[1]),
                    theirs,
                    median(r -> r[0] / r[1]));
        }

        String csv(String what, int threads) throws IOException {
            Path info = Path.of("/proc/cpuinfo");
            String cpu = Files.exists(info)
                    ? Files.readAllLines(info).stream()
                            .filter(l -> l.startsWith("model name"))
                            .findFirst()
                            .orElse("unknown")
                            .replaceFirst(".*: ", "")
                    : System.getProperty("os.arch");
            List<String> lines = new ArrayList<>(Arrays.asList(
                    "# " + what + ", training step, in turns with libtorch; bench/libtorch",
                    "# " + cpu + ", " + Runtime.getRuntime().availableProcessors() + " processors, " + threads
                            + " threads, load before " + load + ", Java " + Runtime.version() + ", " + Instant.now(),
                    "# " + describe(),
                    "round,resnet4j img/s,libtorch img/s,ratio"));
            for (int i = 0; i < rows.size(); i++) {
                double[] r = rows.get(i);
                lines.add(String.format(Locale.ROOT, "%d,%.1f,%.1f,%.3f", i + 1, r[0], r[1], r[0] / r[1]));
            }
            return String.join("\n", lines) + "\n";
        }
    }
}
