package org.resnet4j.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.resnet4j.builder.GraphBuilder;
import org.resnet4j.engine.OutOfNativeMemoryException;
import org.resnet4j.engine.Plan;
import org.resnet4j.engine.Session;
import org.resnet4j.engine.reference.ReferenceBackend;
import org.resnet4j.graph.Graph;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Value;
import org.resnet4j.graph.Window;
import org.resnet4j.onednn.LiveHandles;
import org.resnet4j.tensor.Shape;
import org.resnet4j.tensor.TensorType;
import org.resnet4j.testkit.ChildJava;
import org.resnet4j.testkit.ProcessMemory;

/** NAT-09: a process that may not have the memory gets an exception with the bytes, keeps nothing and goes on. */
final class OutOfMemoryTest {
    private static Graph graph(long batch) {
        GraphBuilder b = GraphBuilder.of("large", Phase.INFERENCE);
        Value x = b.input("input", TensorType.f32(Shape.BATCH, 16, 64, 64));
        return b.build(b.conv2d("conv", x, 16, Window.square(3, 1, 1))).withBatch(batch);
    }

    /** The child: one session that is too large, many that are too many, and then a small one that is right. */
    public static void main(String[] args) throws IOException {
        Plan large = Sessions.onednn().compile(graph(16_384));
        String message = "";
        for (int i = 0; i < 20; i++) {
            try (Session session = large.open()) {
                System.out.println("opened " + session.plan().peakBytes());
            } catch (OutOfNativeMemoryException e) {
                message = e.getMessage();
            }
        }
        System.out.println("refused " + message);
        Plan medium = Sessions.onednn().compile(graph(256));
        List<Session> all = new ArrayList<>();
        try {
            while (all.size() < 1_000) {
                all.add(medium.open());
            }
        } catch (OutOfNativeMemoryException e) {
            System.out.println("sessions " + all.size() + " at " + e.getMessage());
        }
        long full = ProcessMemory.resident();
        all.forEach(Session::close);
        System.out.println("freed " + (full - ProcessMemory.resident()) / medium.peakBytes());
        System.out.println("handles " + LiveHandles.count());
        Map<String, double[]> found = Sessions.run(Sessions.onednn(), graph(2), 3);
        Map<String, double[]> expected = Sessions.run(ReferenceBackend.create(), graph(2), 3);
        double worst = 0;
        for (Map.Entry<String, double[]> e : expected.entrySet()) {
            double[] f = found.getOrDefault(e.getKey(), new double[0]);
            for (int i = 0; i < f.length; i++) {
                worst = Math.max(worst, Math.abs(f[i] - e.getValue()[i]));
            }
            System.out.println("elements " + f.length + " of " + e.getValue().length);
        }
        System.out.println("worst " + worst);
    }

    @Test
    void theProcessGoesOn() throws IOException {
        Assumptions.assumeTrue(ProcessMemory.isKnown(), "limits are set as on Linux");
        ChildJava.Ended ended = ChildJava.of(OutOfMemoryTest.class)
                .with(
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-XX:ReservedCodeCacheSize=64m",
                        "-XX:CompressedClassSpaceSize=64m")
                .withUlimit("-v 3000000")
                .run();
        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output()).doesNotContain("opened");
        assertThat(ended.said("refused")).contains("large", "bytes of native memory", "smaller batch");
        int sessions = Integer.parseInt(ended.said("sessions").split(" ")[0]);
        assertThat(sessions).isBetween(3, 999);
        assertThat(Integer.parseInt(ended.said("freed"))).isGreaterThanOrEqualTo(sessions - 1);
        assertThat(ended.said("handles")).isEqualTo("0");
        assertThat(ended.said("elements")).isEqualTo("131072 of 131072");
        assertThat(Double.parseDouble(ended.said("worst"))).isLessThan(1e-4);
    }
}
