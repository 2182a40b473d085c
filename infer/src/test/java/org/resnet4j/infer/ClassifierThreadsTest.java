package org.resnet4j.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.engine.Backend;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.image.Image;
import org.resnet4j.testkit.ChildJava;
import org.resnet4j.testkit.ProcessMemory;

/** One classifier and many threads, one that is closed under them, and a very long life. */
@Timeout(600)
final class ClassifierThreadsTest {
    @TempDir
    Path folder;

    private static Backend backend() {
        return OnednnBackend.open(Path.of("target", "natives"), 2);
    }

    private static Classifier open(Path folder) throws IOException {
        return Classifier.open(TinyModel.in(folder), backend());
    }

    private static Image image(long seed) {
        return TinyModel.noise(16, 16, seed);
    }

    /** NAT-11. */
    @Test
    void sixtyFourThreadsHaveTheAnswersOfOne() throws Exception {
        try (Classifier classifier = open(folder);
                ExecutorService threads = Executors.newFixedThreadPool(64)) {
            List<float[]> serial = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                serial.add(classifier.logits(image(i)));
            }
            assertThat(serial.stream().map(Arrays::toString).distinct()).hasSizeGreaterThan(60);
            CyclicBarrier together = new CyclicBarrier(64);
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int t = 0; t < 64; t++) {
                int first = t;
                tasks.add(() -> {
                    together.await();
                    int right = 0;
                    for (int i = 0; i < 20; i++) {
                        int n = (first + 7 * i) % 64;
                        right += Arrays.equals(classifier.logits(image(n)), serial.get(n)) ? 1 : 0;
                    }
                    return right;
                });
            }
            for (Future<Integer> f : threads.invokeAll(tasks)) {
                assertThat(f.get()).isEqualTo(20);
            }
        }
    }

    /** NAT-05: those inside finish, those after are refused; NAT-12: interrupted ones too. */
    @Test
    void aCloseUnderManyThreadsRefusesTheRest() throws Exception {
        for (int round = 0; round < 10; round++) {
            Classifier classifier = open(folder);
            AtomicReference<Throwable> other = new AtomicReference<>();
            AtomicInteger refused = new AtomicInteger();
            CountDownLatch working = new CountDownLatch(8);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                Thread.Builder builder = t % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                threads.add(builder.start(() -> {
                    try {
                        while (true) {
                            classifier.classify(image(1), 1);
                            working.countDown();
                        }
                    } catch (IllegalStateException e) {
                        refused.incrementAndGet();
                    } catch (RuntimeException | Error e) {
                        other.set(e);
                    }
                }));
            }
            working.await();
            threads.get(3).interrupt();
            threads.get(4).interrupt();
            classifier.close();
            classifier.close();
            for (Thread t : threads) {
                assertThat(t.join(Duration.ofSeconds(60))).isTrue();
            }
            assertThat(other.get()).isNull();
            assertThat(refused).hasValue(16);
            assertThatThrownBy(() -> classifier.logits(image(2)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    /** The child: so many inferences, and what is resident after a tenth of them and at the end. */
    public static void main(String[] args) throws IOException {
        int count = Integer.parseInt(args[0]);
        Path temporary = Files.createTempDirectory("soak");
        try (Classifier classifier = open(temporary)) {
            List<String> resident = new ArrayList<>();
            Image image = image(3);
            long begin = System.nanoTime();
            for (int i = 1; i <= count; i++) {
                classifier.classify(image, 1);
                if (i % (count / 10) == 0) {
                    resident.add("" + ProcessMemory.resident() / 1024);
                }
            }
            System.out.println("seconds " + (System.nanoTime() - begin) / 1_000_000_000);
            System.out.println("resident " + String.join(" ", resident));
        }
    }

    private static void soak(int count) throws IOException {
        Assumptions.assumeTrue(ProcessMemory.isKnown(), "resident memory is read from /proc");
        ChildJava.Ended ended = ChildJava.of(ClassifierThreadsTest.class)
                .with("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC")
                .run("" + count);
        assertThat(ended.exit()).as(ended.output()).isZero();
        System.out.println("RESULT MEM-01 " + count + " inferences, seconds " + ended.said("seconds")
                + ", resident kB after each tenth " + ended.said("resident"));
        String[] kilobytes = ended.said("resident").split(" ");
        long first = Long.parseLong(kilobytes[0]);
        long last = Long.parseLong(kilobytes[9]);
        assertThat(last - first).isLessThanOrEqualTo(Math.min(first / 10, 30 * 1024));
    }

    /** MEM-01. */
    @Test
    void tenThousandInferencesTakeNoMore() throws IOException {
        soak(10_000);
    }

    /** MEM-01 in full. */
    @Tag("slow")
    @Test
    void aMillionInferencesTakeNoMore() throws IOException {
        soak(1_000_000);
    }
}
