package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.resnet4j.graph.Node;
import org.resnet4j.graph.Op;
import org.resnet4j.graph.Phase;
import org.resnet4j.graph.Window;
import org.resnet4j.pass.Passes;
import org.resnet4j.resnet.ResNetSpec;
import org.resnet4j.resnet.ResNetSpec.Shortcut;
import org.resnet4j.resnet.ResNetSpec.Stride;
import org.resnet4j.tensor.Shape;

/** The sizes at which {@code engine} compares its backends are those of the networks: none is missing, none is made up. */
final class ShapeListTest {
    private static final Path LISTS = Path.of("..", "engine", "src", "test", "resources", "shapes");

    @Test
    void resnet50() throws IOException {
        ResNetSpec spec = Models.residual("resnet50");
        check("resnet50", Stream.of(spec, spec.withStride(Stride.V1)));
    }

    @Test
    void cifar() throws IOException {
        ResNetSpec spec = Models.residual("cifar_resnet20");
        check("cifar", Stream.of(Shortcut.values()).map(spec::withShortcut));
    }

    private static void check(String list, Stream<ResNetSpec> specs) throws IOException {
        List<String> wanted = specs.flatMap(
                        s -> Passes.run(Networks.graph(s, Phase.TRAINING), Passes.forTraining()).nodes().stream())
                .map(ShapeListTest::line)
                .distinct()
                .toList();
        assertThat(Files.readAllLines(LISTS.resolve(list)).stream().filter(l -> !l.startsWith("#")))
                .containsExactlyInAnyOrderElementsOf(wanted);
    }

    private static String line(Node n) {
        Shape src = n.input(0).type().shape();
        long c = src.dim(1);
        return switch (n.op()) {
            case Op.Conv2d o ->
                "conv " + c + " " + src.dim(2) + " " + n.output().type().shape().dim(1) + " " + window(o.window());
            case Op.BatchNorm o -> (o.relu() ? "normRelu " : "norm ") + c + " " + src.dim(2);
            case Op.AddRelu _ -> "addRelu " + c + " " + src.dim(2);
            case Op.MaxPool o -> "maxPool " + c + " " + src.dim(2) + " " + window(o.window());
            case Op.GlobalAvgPool _ -> "globalAvgPool " + c + " " + src.dim(2);
            case Op.Linear _ -> "linear " + c + " " + n.output().type().shape().dim(1);
            case Op.PadShortcut o ->
                "padShortcut " + c + " " + src.dim(2) + " " + o.stride() + " " + o.before() + " " + o.after();
            default -> throw new IllegalArgumentException(n + " is in a network but in no list of sizes");
        };
    }

    private static String window(Window w) {
        return w.kh() + " " + w.sh() + " " + w.ph();
    }
}
