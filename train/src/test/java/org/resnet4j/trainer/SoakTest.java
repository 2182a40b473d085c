package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.onednn.LiveHandles;
import org.resnet4j.pass.Passes;
import org.resnet4j.testkit.ChildJava;
import org.resnet4j.testkit.ProcessMemory;

/**
 * Long runs give back what they take. Each in a process of its own whose heap is fixed and touched before it begins, so that what
 * grows is native.
 */
@Tag("slow")
class SoakTest {
    private static final Path NATIVES = Path.of("target", "natives");
    private static final long MEBI = 1L << 20;

    @BeforeAll
    static void linux() {
        Assumptions.assumeTrue(ProcessMemory.isKnown(), "resident memory is read from /proc");
    }

    /** The children. */
    public static void main(String[] args) throws IOException {
        switch (args[0]) {
            case "steps" -> steps();
            case "cycles" -> cycles(Integer.parseInt(args[1]));
            case "epochs" -> epochs();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static ChildJava.Ended run(String what, String... arguments) throws IOException {
        ChildJava.Ended ended = ChildJava.of(SoakTest.class)
                .with("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC")
                .run(Stream.concat(Stream.of(what), Stream.of(arguments)).toArray(String[]::new));
        assertThat(ended.exit()).as(ended.output()).isZero();
        ended.output().lines().map(l -> "RESULT soak " + what + " " + l).forEach(System.out::println);
        return ended;
    }

    private static Backend backend() {
        return OnednnBackend.open(NATIVES, 2);
    }

    private static long[] numbers(ChildJava.Ended ended, String word) {
        return List.of(ended.said(word).split(" ")).stream()
                .mapToLong(Long::parseLong)
                .toArray();
    }

    private static Graph training(int batch) {
        Graph forward = Passes.run(Network.of(Tiny.SPEC).training(Objective.PLAIN.loss()), Passes.forTraining());
        return Gradients.of(forward, forward.outputs().getFirst()).withBatch(batch);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
    }

    private static void train(TrainOptions options, Tiny.Watcher watcher) throws IOException {
        Path folder = Files.createTempDirectory("soak");
        try (Trainer trainer =
                Trainer.start(folder.resolve("run"), options, Tiny.job(backend(), Tiny.data()), watcher)) {
            trainer.train();
        }
    }

    private static void steps() throws IOException {
        List<Long> resident = new ArrayList<>();
        long[] heap = new long[2];
        train(Tiny.options(12_000).withWorkers(1), new Tiny.Watcher(-1) {
            @Override
            public void accept(TrainEvent event) {
                if (event instanceof TrainEvent.Step s && s.step() >= 2_000 && s.step() % 1_000 == 0) {
                    resident.add(residentKilobytes());
                    heap[0] = s.step() == 2_000 ? allocated() : heap[0];
                    heap[1] = allocated();
                }
            }
        });
        System.out.println("heap " + (heap[1] - heap[0]) / 10_000);
        System.out.println("resident " + join(resident));
    }

    private static long residentKilobytes() {
        try {
            return ProcessMemory.resident() / 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String join(List<Long> numbers) {
        return String.join(" ", numbers.stream().map(String::valueOf).toList());
    }

    /** After the first 2,000 steps: a step that lost a kilobyte would add 10 MB. */
    @Test
    void memoryIsFlatOverTenThousandSteps() throws IOException {
        long[] kilobytes = numbers(run("steps"), "resident");
        assertThat(kilobytes).hasSize(11);
        assertThat((kilobytes[10] - kilobytes[0]) * 1024).isLessThan(4 * MEBI);
    }

    @Test
    void stepsAllocateNothing() throws IOException {
        Graph graph = training(8);
        try (Session session = backend().compile(graph).open()) {
            Start.RANDOM.fill(graph, session.parameters(), 1);
            session.parametersChanged();
            for (int i = 0; i < 2_000; i++) {
                session.run();
            }
            long before = allocated();
            for (int i = 0; i < 1_000; i++) {
                session.run();
            }
            long perStep = (allocated() - before) / 1_000;
            System.out.println("RESULT soak session " + perStep + " bytes of Java heap a step, all threads");
            assertThat(perStep).isLessThan(1_024);
        }
    }

    private static void cycles(int count) throws IOException {
        Backend backend = backend();
        List<Long> resident = new ArrayList<>();
        long handles = LiveHandles.count();
        for (int i = 0; i <= count; i++) {
            if (i % 100 == 0 && i >= 1_500) {
                resident.add(residentKilobytes());
            }
            try (Session session = backend.compile(training(1 + i % 7)).open()) {
                session.parametersChanged();
                session.run();
            }
        }
        System.out.println("handles " + (LiveHandles.count() - handles));
        System.out.println("resident " + join(resident));
    }

    /**
     * NAT-10: a thousand after the first 1,500: until then the virtual machine's compilers take memory and give it back. The heap, which
     * cannot grow, does not count.
     */
    @Test
    void aThousandSessionsLeaveNoHandleAndNoMemory() throws IOException {
        ChildJava.Ended ended = run("cycles", "2500");
        assertThat(ended.said("handles")).isEqualTo("0");
        long[] kilobytes = numbers(ended, "resident");
        assertThat(kilobytes).hasSize(11);
        double heap = 256 * 1024;
        assertThat((kilobytes[10] - heap) / (kilobytes[0] - heap)).isLessThanOrEqualTo(1.05);
    }

    private static void epochs() throws IOException {
        List<Long> heap = new ArrayList<>();
        List<Long> files = new ArrayList<>();
        List<Long> threads = new ArrayList<>();
        TrainOptions options =
                Tiny.options(8 * 15).withWorkers(2).withCheckpoints(new Checkpointing(4, Duration.ZERO, 2));
        train(options, new Tiny.Watcher(-1) {
            @Override
            public void accept(TrainEvent event) {
                if (event instanceof TrainEvent.EpochEnded) {
                    System.gc();
                    heap.add(ManagementFactory.getMemoryMXBean()
                            .getHeapMemoryUsage()
                            .getUsed());
                    try {
                        files.add(ProcessMemory.openFiles());
                        threads.add(ProcessMemory.threads());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        });
        System.out.println("heap " + join(heap));
        System.out.println("files " + join(files));
        System.out.println("threads " + join(threads));
    }

    /** MEM-03: ten epochs after the first five; what an epoch keeps is its row of the summary. */
    @Test
    void heapFilesAndThreadsAreConstantOverEpochs() throws IOException {
        ChildJava.Ended ended = run("epochs");
        long[] heap = LongStream.of(numbers(ended, "heap")).skip(5).toArray();
        assertThat(heap).hasSize(10);
        assertThat(heap[9] - heap[0]).isLessThan(10 * 4_096);
        assertThat(LongStream.of(numbers(ended, "files")).skip(5).distinct()).hasSize(1);
        long[] threads = LongStream.of(numbers(ended, "threads")).skip(5).toArray();
        // The virtual machine's own compiler threads come and go.
        assertThat(LongStream.of(threads).max().orElseThrow()).isLessThanOrEqualTo(threads[0] + 1);
    }
}
