package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.onednn.Execution.Argument;

/** The binding itself: what it loads, what it owns and what it refuses (NAT-01 to NAT-05, NAT-10). */
final class OnednnTest {
    private static final Path FOLDER = Path.of("target", "natives");
    private final Onednn onednn = Onednn.open(FOLDER);

    @Test
    void everyFunctionResolvesInThePinnedVersion() {
        // Opening binds all of ffi.Function and checks the version; a missing symbol would have thrown.
        assertThat(onednn.version()).startsWith("3.11.");
        assertThat(onednn.instructionSet()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void refusesDimensionsBelowOne(long d) {
        assertThatThrownBy(() -> MemoryDesc.of(onednn, DataType.F32, FormatTag.AB, 2, d))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
    }

    @Test
    void sizesPastIntAreExactAndPastLongRefused() {
        try (MemoryDesc d = MemoryDesc.of(onednn, DataType.F32, FormatTag.A, (1L << 32) + 1)) {
            assertThat(d.bytes()).isEqualTo(4 * ((1L << 32) + 1));
        }
        assertThatThrownBy(() -> MemoryDesc.of(onednn, DataType.F32, FormatTag.AB, 1L << 32, 1L << 31))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesShortAndHeapMemoryBeforeTheCall() {
        try (MemoryDesc d = MemoryDesc.of(onednn, DataType.F32, FormatTag.A, 16);
                Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> new Argument(Arg.SRC, d, arena.allocate(63)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("64 bytes, found 63");
            assertThatThrownBy(() -> new Argument(Arg.SRC, d, MemorySegment.ofArray(new float[16])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("heap");
        }
    }

    @Test
    void failureNamesTheCallAndItsArguments() {
        try (MemoryDesc a = MemoryDesc.of(onednn, DataType.F32, FormatTag.A, 16);
                MemoryDesc b = MemoryDesc.of(onednn, DataType.F32, FormatTag.AB, 4, 4)) {
            assertThatThrownBy(() -> PrimitiveDesc.reorder(onednn, a, b))
                    .isInstanceOf(DnnlException.class)
                    .hasMessageContaining("dnnl_reorder_primitive_desc_create returned invalid_arguments");
        }
    }

    @Test
    void reorderThereAndBackIsTheSame() {
        try (Arena arena = Arena.ofShared();
                MemoryDesc nchw = MemoryDesc.of(onednn, DataType.F32, FormatTag.ABCD, 2, 3, 4, 5);
                MemoryDesc nhwc = MemoryDesc.of(onednn, DataType.F32, FormatTag.ACDB, 2, 3, 4, 5)) {
            MemorySegment src = arena.allocate(nchw.bytes(), 64);
            MemorySegment middle = arena.allocate(nhwc.bytes(), 64);
            MemorySegment back = arena.allocate(nchw.bytes(), 64);
            for (int i = 0; i < 120; i++) {
                src.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
            }
            move(nchw, src, nhwc, middle);
            move(nhwc, middle, nchw, back);
            assertThat(back.mismatch(src)).isEqualTo(-1);
            assertThat(middle.getAtIndex(ValueLayout.JAVA_FLOAT, 1)).isEqualTo(20f);
            assertThat(nhwc.format()).isEqualTo("acdb");
            assertThat(nchw).isNotEqualTo(nhwc).hasToString("f32[2, 3, 4, 5] abcd");
        }
    }

    private void move(MemoryDesc from, MemorySegment src, MemoryDesc to, MemorySegment dst) {
        try (PrimitiveDesc desc = PrimitiveDesc.reorder(onednn, from, to);
                Execution execution = new Execution(
                        onednn, desc, List.of(new Argument(Arg.SRC, from, src), new Argument(Arg.DST, to, dst)), src)) {
            execution.run();
        }
    }

    @Test
    void useAfterCloseIsAnErrorAndClosingTwiceIsNot() {
        MemoryDesc d = MemoryDesc.of(onednn, DataType.F32, FormatTag.A, 16);
        d.close();
        assertThatCode(d::close).doesNotThrowAnyException();
        assertThatThrownBy(d::dims).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    /** NAT-05: a native object that two threads close at once is destroyed once. */
    @Test
    void closingFromTwoThreadsDestroysOnce() throws Exception {
        long before = LiveHandles.count();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            CyclicBarrier together = new CyclicBarrier(2);
            for (int i = 0; i < 500; i++) {
                MemoryDesc d = MemoryDesc.of(onednn, DataType.F32, FormatTag.A, 16);
                Callable<Boolean> close = () -> {
                    together.await();
                    d.close();
                    return true;
                };
                for (Future<Boolean> f : threads.invokeAll(List.of(close, close))) {
                    assertThat(f.get()).isTrue();
                }
            }
        }
        assertThat(LiveHandles.count()).isEqualTo(before);
    }

    /** NAT-06: nothing native hangs on an object that the collector takes. */
    @Test
    void collectionsBetweenAllCallsLeaveNothingDangling() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 64);
            for (int round = 0; round < 10; round++) {
                MemoryDesc d = MemoryDesc.of(onednn, DataType.F32, FormatTag.A, 16);
                System.gc();
                Execution e = relu(d, memory); // its descriptor is closed and unreachable from here on
                System.gc();
                d.close();
                System.gc();
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, 3, -1);
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, 4, 4);
                e.run();
                System.gc();
                assertThat(memory.getAtIndex(ValueLayout.JAVA_FLOAT, 3)).isZero();
                assertThat(memory.getAtIndex(ValueLayout.JAVA_FLOAT, 4)).isEqualTo(4);
                e.close();
            }
        }
    }

    /** NAT-01: 2^32 rows made oneDNN 3.11 divide by zero, which ended the process. */
    @Test
    void dimensionsThatOnednnCountsInThirtyTwoBitsAreRefusedBeforeTheCall() {
        long rows = 1L << 32;
        try (MemoryDesc src = MemoryDesc.of(onednn, DataType.F32, FormatTag.AB, rows, 1);
                MemoryDesc weights = MemoryDesc.of(onednn, DataType.F32, FormatTag.AB, 4, 1);
                MemoryDesc dst = MemoryDesc.of(onednn, DataType.F32, FormatTag.AB, rows, 4)) {
            assertThatThrownBy(() -> new PrimitiveDesc.ConvolutionDescs(src, weights, null, dst))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2147483647 elements, found f32[4294967296, 1]");
        }
    }

    /** NAT-01: more elements than an int and than an unsigned int count; the last one is computed. */
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(longs = {(1L << 31) - 1, 1L << 31, (1L << 32) + 1})
    void tensorsPastTwoToThe31AreComputedToTheirEnd(long n) {
        try (MemoryDesc d = MemoryDesc.of(onednn, DataType.S8, FormatTag.A, n);
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(n, 64);
            memory.fill((byte) -3);
            memory.set(ValueLayout.JAVA_BYTE, n - 2, (byte) 7);
            try (Execution e = relu(d, memory)) {
                e.run();
            }
            for (long i : new long[] {0, n / 2, Integer.MAX_VALUE - 5L, n - 1}) {
                assertThat(memory.get(ValueLayout.JAVA_BYTE, i))
                        .as("element %d", i)
                        .isZero();
            }
            assertThat(memory.get(ValueLayout.JAVA_BYTE, n - 2)).isEqualTo((byte) 7);
        }
    }

    private Execution relu(MemoryDesc d, MemorySegment memory) {
        try (PrimitiveDesc relu =
                PrimitiveDesc.eltwise(onednn, Direction.FORWARD_INFERENCE, Algorithm.ELTWISE_RELU, d, 0, 0)) {
            return new Execution(
                    onednn, relu, List.of(new Argument(Arg.SRC, d, memory), new Argument(Arg.DST, d, memory)), memory);
        }
    }

    @Test
    void aRunAfterCloseOrAfterItsMemoryWasFreedIsRefused() {
        try (MemoryDesc d = MemoryDesc.of(onednn, DataType.F32, FormatTag.A, 16)) {
            Execution closed;
            Execution orphan;
            try (Arena arena = Arena.ofShared()) {
                closed = relu(d, arena.allocate(64, 64));
                orphan = relu(d, arena.allocate(64, 64));
            }
            closed.close();
            assertThatCode(closed::close).doesNotThrowAnyException();
            assertThatThrownBy(closed::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("after it was closed");
            assertThatThrownBy(orphan::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("arena of its memory was closed");
            orphan.close();
        }
    }

    /** Whoever comes second gets an exception, the closer or the runner; never a freed primitive (NAT-05). */
    @Test
    void closingWhileAnotherThreadRunsIsAnException() throws InterruptedException {
        try (MemoryDesc d = MemoryDesc.of(onednn, DataType.F32, FormatTag.A, 1 << 20);
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(d.bytes(), 64);
            long before = LiveHandles.count();
            for (int round = 0; round < 50; round++) {
                Execution e = relu(d, memory);
                CountDownLatch started = new CountDownLatch(1);
                AtomicReference<String> failure = new AtomicReference<>("none");
                Thread runner = Thread.ofPlatform().start(() -> {
                    onednn.setThreads(1);
                    try {
                        while (true) {
                            e.run();
                            started.countDown();
                        }
                    } catch (IllegalStateException refused) {
                        failure.set(refused.getMessage());
                    }
                });
                started.await();
                boolean closed = false;
                while (!closed) {
                    try {
                        e.close();
                        closed = true;
                    } catch (IllegalStateException refused) {
                        assertThat(refused).hasMessageContaining("while another thread runs it");
                    }
                }
                runner.join();
                assertThat(failure.get()).contains("after it was closed");
            }
            assertThat(LiveHandles.count()).isEqualTo(before);
        }
    }

    /** Bytes of Java heap by this thread: the run itself makes no object. */
    @Test
    void aRunAllocatesNothing() {
        try (MemoryDesc d = MemoryDesc.of(onednn, DataType.F32, FormatTag.A, 16);
                Arena arena = Arena.ofShared();
                Execution e = relu(d, arena.allocate(64, 64))) {
            for (int i = 0; i < 20_000; i++) {
                e.run();
            }
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                e.run();
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
        }
    }

    @Test
    void aThousandCyclesLeaveNothing() {
        long before = LiveHandles.count();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(480, 64);
            for (int i = 0; i < 1000; i++) {
                try (MemoryDesc d = MemoryDesc.of(onednn, DataType.F32, FormatTag.ABCD, 2, 3, 4, 5);
                        PrimitiveDesc relu = PrimitiveDesc.eltwise(
                                onednn, Direction.FORWARD_INFERENCE, Algorithm.ELTWISE_RELU, d, 0, 0);
                        Execution e = new Execution(
                                onednn,
                                relu,
                                List.of(new Argument(Arg.SRC, d, memory), new Argument(Arg.DST, d, memory)),
                                memory)) {
                    e.run();
                }
            }
        }
        assertThat(LiveHandles.count()).isEqualTo(before);
    }
}
