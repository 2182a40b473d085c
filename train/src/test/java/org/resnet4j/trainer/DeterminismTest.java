package org.resnet4j.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.engine.onednn.OnednnBackend;
import org.resnet4j.onednn.Onednn;
import org.resnet4j.testkit.ChildJava;

/**
 * What has no influence on the bits of {@code last.safetensors}, and what has: processes, loader threads, the virtual machine, its
 * locale and time zone have none; compute threads and the instruction set have a small one. Each run is a process of its own.
 */
final class DeterminismTest {
    private static final Path NATIVES = Path.of("target", "natives");

    @TempDir
    Path folder;

    /**
     * Folder, updates, compute threads, and loader threads of the smallest network or -1 for one of eight layers; says the SHA-256
     * and the losses.
     */
    public static void main(String[] args) throws IOException {
        int workers = Integer.parseInt(args[3]);
        TrainOptions options = Tiny.options(Long.parseLong(args[1]))
                .withWorkers(Math.max(0, workers))
                .withCheckpoints(new Checkpointing(0, Duration.ZERO, 2));
        OnednnBackend backend = OnednnBackend.open(NATIVES, Integer.parseInt(args[2]));
        Tiny.Watcher watcher = new Tiny.Watcher(-1);
        TrainJob job = workers < 0 ? OnednnTrainTest.job(backend) : Tiny.job(backend, Tiny.data());
        try (Trainer trainer = Trainer.start(Path.of(args[0]), options, job, watcher)) {
            trainer.train();
        }
        List<String> losses = new ArrayList<>();
        watcher.all(TrainEvent.Step.class).forEach(s -> losses.add(Double.toString(s.loss())));
        System.out.println("losses " + String.join(" ", losses));
        System.out.println("locale " + Locale.getDefault().toLanguageTag() + " "
                + TimeZone.getDefault().getID());
        System.out.println("isa " + Onednn.open(NATIVES).instructionSet());
        System.out.println("sha " + Tiny.last(Path.of(args[0])));
    }

    private ChildJava.Ended train(ChildJava child, String run, int steps, int threads, int workers) throws IOException {
        return child.run(folder.resolve(run).toString(), "" + steps, "" + threads, "" + workers);
    }

    private static ChildJava child() {
        return ChildJava.of(DeterminismTest.class);
    }

    /** DET-01. */
    @Test
    void twoProcessesHaveTheSameBits() throws IOException {
        ChildJava quick = child().with("-XX:TieredStopAtLevel=1");
        String first = train(quick, "first", 200, 2, 0).said("sha");
        assertThat(train(quick, "second", 200, 2, 0).said("sha")).isEqualTo(first);
    }

    /** DET-04. */
    @Test
    void anyNumberOfLoaderThreadsHasTheSameBits() throws IOException {
        TrainOptions options = Tiny.options(200);
        TrainJob job = Tiny.job(OnednnBackend.open(NATIVES, 2), Tiny.data());
        String alone = Tiny.train(folder.resolve("0"), options, job);
        for (int workers : new int[] {1, 2, 8}) {
            assertThat(Tiny.train(folder.resolve("" + workers), options.withWorkers(workers), job))
                    .as("%d workers", workers)
                    .isEqualTo(alone);
        }
    }

    /** DET-06: two collectors and heaps, and a virtual machine that compiles nothing. */
    @Tag("slow")
    @Test
    void collectorHeapAndCompilerHaveNoInfluence() throws IOException {
        String expected = train(child(), "default", 40, 2, 1).said("sha");
        for (String options : new String[] {
            "-XX:+UseSerialGC -Xmx64m",
            "-XX:+UseG1GC -Xmx1g",
            "-XX:+UseZGC -Xmx512m",
            "-XX:+UseParallelGC",
            "-Xint",
            "-XX:TieredStopAtLevel=1",
            "-XX:-TieredCompilation",
            "-XX:UseAVX=0"
        }) {
            ChildJava other = child().with(options.split(" "));
            assertThat(train(other, options, 40, 2, 1).said("sha")).as(options).isEqualTo(expected);
        }
    }

    /** DET-08. */
    @ParameterizedTest
    @ValueSource(strings = {"tr-TR Asia/Kathmandu", "ar-EG-u-nu-arab Pacific/Apia"})
    void localeTimeZoneAndPathHaveNoInfluence(String where) throws IOException {
        String expected = train(child(), "here", 20, 1, 1).said("sha");
        Locale locale = Locale.forLanguageTag(where.split(" ")[0]);
        ChildJava there = child().with(
                        "-Duser.language=" + locale.getLanguage(),
                        "-Duser.country=" + locale.getCountry(),
                        "-Duser.extensions=" + (where.startsWith("ar") ? "u-nu-arab" : ""),
                        "-Duser.timezone=" + where.split(" ")[1]);
        ChildJava.Ended ended = train(there, "a longer name \u0130\u0131/run", 20, 1, 1);
        assertThat(ended.said("locale")).isEqualTo(where);
        assertThat(ended.said("sha")).isEqualTo(expected);
    }

    private static double[] losses(ChildJava.Ended ended) {
        return List.of(ended.said("losses").split(" ")).stream()
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private static void close(ChildJava.Ended a, ChildJava.Ended b, double afterOneStep) {
        double[] x = losses(a);
        double[] y = losses(b);
        assertThat(x).hasSize(12);
        for (int i = 0; i < x.length; i++) {
            // Before and after the first update the rounding alone; later training amplifies it.
            assertThat(y[i]).as("step %d", i + 1).isCloseTo(x[i], offset(i < 2 ? afterOneStep : 0.05));
        }
    }

    /**
     * DET-05: the documented statement is that another number of compute threads is close. The loss after one step, 2.19, was off by
     * 1.8e-5 on a Zen 4, which is 0.8e-5 of it; the bound is 1e-5 of it.
     */
    @Tag("slow")
    @Test
    void anotherNumberOfComputeThreadsIsClose() throws IOException {
        ChildJava.Ended one = train(child(), "one", 12, 1, -1);
        ChildJava.Ended three = train(child(), "three", 12, 3, -1);
        close(one, three, 1e-5 * losses(one)[1]);
    }

    /** DET-07: the documented statement is that another instruction set is close and not the same. */
    @Tag("slow")
    @Test
    void anotherInstructionSetIsCloseAndNotTheSame() throws IOException {
        ChildJava limited = child().withEnvironment(Map.of("ONEDNN_MAX_CPU_ISA", "AVX2"));
        ChildJava.Ended here = train(child(), "here", 12, 2, -1);
        ChildJava.Ended avx2 = train(limited, "avx2", 12, 2, -1);
        assertThat(avx2.said("isa")).isEqualTo("avx2");
        close(here, avx2, 1e-5);
        assertThat(train(limited, "again", 12, 2, -1).said("sha")).isEqualTo(avx2.said("sha"));
        if (here.said("isa").equals("avx2")) {
            System.out.println("SKIPPED: this processor has nothing beyond AVX2, so there is no difference to see");
        } else {
            assertThat(avx2.said("sha")).isNotEqualTo(here.said("sha"));
        }
    }
}
