package org.resnet4j.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.Parameters;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.PlanException;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.TensorView;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.grad.Gradients;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.onednn.LiveHandles;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.ShapeException;
import org.resnet4j.tensor.TensorType;

/** Sessions that are closed, shared, interrupted and collected at the wrong moment: an answer or an exception, never a crash. */
@Timeout(120)
final class LifecycleTest {
    private static final Graph TRAINING = training().withBatch(4);

    static Stream<Backend> backends() {
        return Stream.of(Sessions.onednn(), ReferenceBackend.create());
    }

    /** Everything that a step has: blocked weights, running statistics, a loss. */
    private static Graph training() {
        GraphBuilder b = GraphBuilder.of("lifecycle", Phase.TRAINING);
        Value x = b.input("input", TensorType.f32(Shape.BATCH, 3, 8, 8));
        Value y = b.relu("relu", b.batchNorm("bn", b.conv2d("conv", x, 32, Window.square(3, 1, 1))));
        Value z = b.conv2d("conv2", y, 32, Window.square(3, 2, 1));
        Value logits = b.linear("fc", b.globalAvgPool("pool", z), 4);
        Value loss = b.loss(logits, 0);
        return Gradients.of(b.build(loss, logits), loss);
    }

    private static Session open(Backend backend) {
        Session session = backend.compile(TRAINING).open();
        Sessions.fill(session, TRAINING, 5);
        session.parametersChanged();
        return session;
    }

    /** NAT-05. */
    @ParameterizedTest
    @MethodSource("backends")
    void everyUseAfterCloseIsRefusedAndClosingTwiceIsNot(Backend backend) {
        Session session = open(backend);
        Parameters parameters = session.parameters();
        TensorView input = session.input("input");
        float[] weights = new float[32 * 3 * 9];
        session.close();
        assertThatCode(session::close).doesNotThrowAnyException();
        try (Arena arena = Arena.ofConfined()) {
            List<Runnable> uses = List.of(
                    session::run,
                    session::parameters,
                    session::parametersChanged,
                    session::firstNonFinite,
                    () -> session.input("input"),
                    () -> session.output("fc"),
                    () -> input.set(new float[4 * 3 * 64]),
                    () -> parameters.set("conv.weight", weights),
                    () -> parameters.plain("conv.weight", arena),
                    () -> parameters.gradientDoubles("conv2.weight"));
            for (Runnable use : uses) {
                assertThatThrownBy(use::run).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    private interface Use {
        void on(Session session);
    }

    private static List<Use> uses() {
        float[] weights = new float[32 * 32 * 9];
        return List.of(
                Session::run,
                Session::firstNonFinite,
                s -> s.parameters().set("conv2.weight", weights),
                s -> s.parameters().doubles("conv2.weight"));
    }

    /** NAT-05: whatever another thread does, a close waits for it or makes it an exception. */
    @ParameterizedTest
    @MethodSource("backends")
    void aCloseDuringAnyUseIsAnExceptionThereAndLeavesNothing(Backend backend) throws InterruptedException {
        long before = LiveHandles.count();
        for (Use use : uses()) {
            for (int round = 0; round < 12; round++) {
                Session session = open(backend);
                CountDownLatch begun = new CountDownLatch(1);
                AtomicReference<Throwable> end = new AtomicReference<>();
                Thread user = Thread.ofPlatform().start(() -> {
                    try {
                        while (true) {
                            use.on(session);
                            begun.countDown();
                        }
                    } catch (RuntimeException | Error e) {
                        end.set(e);
                    }
                });
                begun.await();
                Thread.sleep(0, round * 50_000);
                session.close();
                assertThat(user.join(Duration.ofSeconds(30))).isTrue();
                assertThat(end.get()).isInstanceOf(IllegalStateException.class);
            }
        }
        assertThat(LiveHandles.count()).isEqualTo(before);
    }

    /** NAT-06. */
    @ParameterizedTest
    @MethodSource("backends")
    void collectionsBetweenAllCallsChangeNothing(Backend backend) {
        Map<String, double[]> expected = Sessions.run(backend, TRAINING, 5);
        for (int round = 0; round < 3; round++) {
            Plan plan = backend.compile(TRAINING);
            System.gc();
            Session session = plan.open();
            System.gc();
            Sessions.fill(session, TRAINING, 5);
            System.gc();
            session.parametersChanged();
            session.run();
            System.gc();
            Map<String, double[]> found = Sessions.results(session, TRAINING);
            System.gc();
            session.close();
            expected.forEach((name, e) -> assertThat(found.get(name)).as(name).containsExactly(e));
        }
    }

    /** NAT-07 and NUM-07: what is thrown on the compute thread arrives here, and the thread goes on. */
    @ParameterizedTest
    @MethodSource("backends")
    void anExceptionOfAStepArrivesAndTheSessionGoesOn(Backend backend) {
        try (Session session = open(backend)) {
            for (int label : new int[] {-1, 4, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                session.input("targets").set(new int[] {0, 1, label, 2});
                assertThatThrownBy(session::run)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("sample 2 has")
                        .hasMessageContaining("" + label)
                        .hasMessageContaining("4 classes");
            }
            Sessions.fill(session, TRAINING, 5);
            session.parametersChanged();
            session.run();
            Map<String, double[]> expected = Sessions.run(backend, TRAINING, 5);
            Sessions.results(session, TRAINING)
                    .forEach((name, found) -> assertThat(found).as(name).containsExactly(expected.get(name)));
        }
    }

    /** NAT-11: sessions of one plan on 64 threads at once, each with the bits of a run alone. */
    @Test
    void sixtyFourThreadsHaveTheBitsOfOne() throws Exception {
        Plan plan = Sessions.onednn().compile(TRAINING);
        try (ExecutorService threads = Executors.newFixedThreadPool(64)) {
            CyclicBarrier together = new CyclicBarrier(64);
            List<Callable<Map<String, double[]>>> tasks = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                long seed = i % 8;
                tasks.add(() -> {
                    together.await();
                    try (Session session = plan.open()) {
                        Sessions.fill(session, TRAINING, seed);
                        session.parametersChanged();
                        session.run();
                        return Sessions.results(session, TRAINING);
                    }
                });
            }
            List<Future<Map<String, double[]>>> results = threads.invokeAll(tasks);
            for (int i = 0; i < 64; i++) {
                Map<String, double[]> found = results.get(i).get();
                Sessions.run(Sessions.onednn(), TRAINING, i % 8)
                        .forEach((name, e) ->
                                assertThat(found.get(name)).as(name).containsExactly(e));
            }
        }
    }

    /** NAT-12: the caller is not let go while native code writes to its memory, and the interrupt is not lost. */
    @Test
    void anInterruptWaitsForTheRunAndStaysPending() {
        try (Session session = open(Sessions.onednn())) {
            Thread.currentThread().interrupt();
            session.run();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(session.output("fc").toFloats()).doesNotContain(Float.NaN);
        }
    }

    /** NAT-12: virtual threads queue for one session, half of them interrupted; no deadlock, no more carriers than processors. */
    @Test
    void interruptedVirtualThreadsEndAndHoldNoCarrier() throws InterruptedException {
        try (Session session = open(Sessions.onednn())) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        session.run();
                    } catch (RuntimeException | Error e) {
                        failure.set(e);
                    }
                }));
            }
            for (int i = 0; i < 400; i += 2) {
                threads.get(i).interrupt();
            }
            long carriers = Thread.getAllStackTraces().keySet().stream()
                    .filter(t -> t.getName().startsWith("ForkJoinPool-1-worker"))
                    .count();
            for (Thread t : threads) {
                assertThat(t.join(Duration.ofSeconds(60))).isTrue();
            }
            assertThat(failure.get()).isNull();
            assertThat(carriers).isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
        }
    }

    /** NAT-04. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1, -5, Long.MIN_VALUE})
    void aBatchBelowOneIsRefused(long n) {
        assertThatThrownBy(() -> training().withBatch(n))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("at least 1");
    }

    /** NAT-01, NAT-02 and NAT-04: counted exactly where it can be, refused by name where it cannot, allocated never. */
    @ParameterizedTest
    @ValueSource(longs = {1_000_000_000L, 1L << 40, Long.MAX_VALUE})
    void anAbsurdBatchIsCountedExactlyOrRefused(long n) {
        for (Backend backend : List.of(Sessions.onednn(), ReferenceBackend.create())) {
            try {
                Plan plan = backend.compile(training().withBatch(n));
                assertThat(plan.peakBytes()).isGreaterThan(Math.multiplyExact(n, 4L * 3 * 64));
            } catch (PlanException | ShapeException e) {
                assertThat(e).hasMessageMatching("(?s).*(\\[" + n + "|elements|bytes).*");
            }
        }
    }

    /** NAT-03: inputs of another length never reach native memory. */
    @Test
    void anInputOfAnotherLengthIsRefused() {
        try (Session session = open(Sessions.onednn());
                Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> session.input("input").set(new float[767]))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("768 elements, found 767");
            MemorySegment brief = arena.allocate(32 * 32 * 9 * 4 - 4);
            assertThatThrownBy(() -> session.parameters().set("conv2.weight", brief))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("36864 bytes, found 36860");
            assertThatThrownBy(() -> new TensorView("x", TensorType.f32(10), brief.asSlice(0, 39)))
                    .isInstanceOf(ShapeException.class);
            float[] floats = session.input("input").toFloats();
            assertThat(Arrays.stream(new int[] {0, 767}).mapToObj(i -> floats[i]))
                    .containsExactly(
                            session.input("input").segment().getAtIndex(ValueLayout.JAVA_FLOAT, 0),
                            session.input("input").segment().getAtIndex(ValueLayout.JAVA_FLOAT, 767));
        }
    }
}
