package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.onednn.LiveHandles;
import org.resnet4j.pass.Passes;

/** Long runs give back what they take. */
@Tag("slow")
class SoakTest {
    private static final Path NATIVE = Path.of(System.getProperty("user.home"), ".cache", "resnet4j", "native");

    @Test
    void memoryIsFlatOverTenThousandSteps(@TempDir Path folder) throws IOException {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "resident memory is read from /proc");
        AtomicLong early = new AtomicLong();
        AtomicLong late = new AtomicLong();
        AtomicLong heapEarly = new AtomicLong();
        AtomicLong heapLate = new AtomicLong();
        TrainOptions options = Tiny.options(12_000).withWorkers(1);
        TrainJob job = Tiny.job(OnednnBackend.open(NATIVE, 2), Tiny.data());
        try (Trainer trainer = Trainer.start(folder.resolve("run"), options, job, event -> {
            if (event instanceof TrainEvent.Step s && s.step() == 2_000) {
                early.set(resident());
                heapEarly.set(allocated());
            } else if (event instanceof TrainEvent.Step s && s.step() == 12_000) {
                late.set(resident());
                heapLate.set(allocated());
            }
        })) {
            trainer.train();
        }
        long perStep = (heapLate.get() - heapEarly.get()) / 10_000;
        System.out.println("resident memory " + early + " kB after 2,000 steps, " + late + " kB after 12,000; "
                + perStep + " bytes of Java heap a step, epoch ends, loading and evaluation included");
        // The heap may still grow to its limit; native memory of 10,000 steps that each lost a kilobyte would be 10 MB
        // more.
        assertThat(late.get() - early.get()).isLessThan(8_000);
    }

    @Test
    void stepsAllocateNothing() throws IOException {
        Graph graph = training(8);
        try (Session session = OnednnBackend.open(NATIVE, 2).compile(graph).open()) {
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
            System.out.println(perStep + " bytes of Java heap a step of the session, all threads");
            assertThat(perStep).isLessThan(1_024);
        }
    }

    @Test
    void aThousandSessionsLeaveNoHandle() {
        Backend backend = OnednnBackend.open(NATIVE, 2);
        long before = LiveHandles.count();
        for (int i = 0; i < 1_000; i++) {
            Plan plan = backend.compile(training(2));
            try (Session session = plan.open()) {
                session.parametersChanged();
                session.run();
            }
        }
        assertThat(LiveHandles.count()).isEqualTo(before);
    }

    private static Graph training(int batch) {
        Graph forward = Passes.run(Network.of(Tiny.SPEC).training(0), Passes.forTraining());
        return Gradients.of(forward, forward.outputs().getFirst()).withBatch(batch);
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getTotalThreadAllocatedBytes();
    }

    /** Kilobytes. */
    private static long resident() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(l -> l.startsWith("VmRSS:"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
