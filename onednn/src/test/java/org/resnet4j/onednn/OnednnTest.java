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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
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
