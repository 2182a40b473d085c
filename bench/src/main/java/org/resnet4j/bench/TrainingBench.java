package org.resnet4j.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.zoo.Models;

/**
 * Training steps of a CIFAR ResNet in turns with libtorch: {@code TrainingBench DEPTH BATCH THREADS ROUNDS SECONDS FILE}.
 *
 * <p>Both start from the same weights and see the same batch; their losses of the first steps must agree before anything is
 * timed. A round times one side and then the other; the result is the median over the rounds of each and of their ratio. Each
 * side is a process of its own, since two teams of threads in one process disturb each other even when one of them rests.
 */
final class TrainingBench {
    private static final int AGREEING_STEPS = 3;
    private static final int WARM_UP = 20;

    private TrainingBench() {}

    public static void main(String[] args) throws IOException {
        if (args.length == 4) {
            serve(args[0], Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
            System.exit(0); // libtorch leaves threads behind
        }
        if (args.length != 6) {
            System.err.println("usage: bench/libtorch DEPTH BATCH THREADS ROUNDS SECONDS FILE");
            System.exit(2);
        }
        String what = "cifar_resnet" + args[0] + " fp32 batch " + args[1];
        try (Side ours = Side.start("resnet4j", args);
                Side theirs = Side.start("libtorch", args)) {
            agree(ours, theirs);
            Result result = time(ours, theirs, Integer.parseInt(args[3]), args[4]);
            System.out.println(result.describe());
            Files.writeString(Path.of(args[5]), result.csv(what, Integer.parseInt(args[2])));
        }
    }

    /** Answers {@code step} by a loss and {@code time SECONDS} by images a second, line by line, until the input ends. */
    private static void serve(String side, int depth, int size, int threads) throws IOException {
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "resnet4j", "native");
        try (Arena arena = Arena.ofShared()) {
            SyntheticBatch batch = SyntheticBatch.of(size, 32, arena);
            try (Contestant contestant = contestant(side, depth, threads, batch, cache);
                    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    String[] words = line.split(" ");
                    System.out.println(
                            words[0].equals("step")
                                    ? contestant.step()
                                    : rate(contestant, Double.parseDouble(words[1]), size));
                }
            }
        }
    }

    private static Contestant contestant(String side, int depth, int threads, SyntheticBatch batch, Path cache) {
        if (side.equals("resnet4j")) {
            return new OurTraining(Models.byName("cifar_resnet" + depth), OnednnBackend.open(cache, threads), batch);
        }
        // The weights come from the backend without threads: a second OpenMP team would slow libtorch's down.
        try (OurTraining weights =
                new OurTraining(Models.byName("cifar_resnet" + depth), ReferenceBackend.create(), batch.first())) {
            return new LibtorchTraining(depth, batch, threads, weights::weights);
        }
    }

    private static double rate(Contestant side, double seconds, int batch) {
        side.step(); // wakes its threads
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        long steps = 0;
        long now;
        do {
            side.step();
            steps++;
            now = System.nanoTime();
        } while (now < end);
        return steps * batch * 1e9 / (now - start);
    }

    private static void agree(Side ours, Side theirs) throws IOException {
        for (int i = 0; i < WARM_UP; i++) {
            double a = ours.ask("step");
            double b = theirs.ask("step");
            if (i < AGREEING_STEPS) {
                System.out.printf(Locale.ROOT, "step %d: loss %.5f and %.5f%n", i + 1, a, b);
                if (Math.abs(a - b) > 0.001 * Math.max(1, Math.abs(b))) {
                    throw new IllegalStateException("the two sides compute different things; nothing was timed");
                }
            }
        }
    }

    private static Result time(Side ours, Side theirs, int rounds, String seconds) throws IOException {
        String load = Files.exists(Path.of("/proc/loadavg"))
                ? Files.readString(Path.of("/proc/loadavg")).strip()
                : "unknown";
        List<double[]> rows = new ArrayList<>();
        for (int r = 0; r < rounds; r++) {
            rows.add(new double[] {ours.ask("time " + seconds), theirs.ask("time " + seconds)});
            System.out.printf(Locale.ROOT, "round %d: %.0f and %.0f img/s%n", r + 1, rows.get(r)[0], rows.get(r)[1]);
        }
        return new Result(ours.name(), theirs.name(), rows, load);
    }

    /** One contestant in its process. */
    private record Side(String name, Process process, BufferedWriter to, BufferedReader from) implements AutoCloseable {
        static Side start(String name, String[] args) throws IOException {
            List<String> command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "--add-modules",
                    "jdk.incubator.vector",
                    "-cp",
                    System.getProperty("java.class.path"),
                    TrainingBench.class.getName(),
                    name,
                    args[0],
                    args[1],
                    args[2]);
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new Side(name, process, process.outputWriter(), process.inputReader());
        }

        double ask(String question) throws IOException {
            to.write(question + "\n");
            to.flush();
            String answer = from.readLine();
            if (answer == null) {
                throw new IOException(name + " ended; its own message is above");
            }
            return Double.parseDouble(answer);
        }

        @Override
        public void close() throws IOException {
            to.close();
            process.destroy();
        }
    }

    private record Result(String ours, String theirs, List<double[]> rows, String load) {
        private double median(ToDoubleFunction<double[]> of) {
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
                    "# " + what + ", training step, in turns with libtorch 2.10.0 eager channels-last; bench/libtorch",
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
