package org.resnet4j.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.dataset.DataException;

/** Against a server on this machine: limits, checksums, what was cut off, and the answers of a hub. */
class DownloadTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    /** What the server has, by path. */
    private final Map<String, byte[]> files = new TreeMap<>();

    private final Map<String, String> headers = new TreeMap<>();
    private final List<String> asked = new ArrayList<>();

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        String range = exchange.getRequestHeaders().getFirst("Range");
        asked.add(path + (range == null ? "" : " " + range));
        headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        byte[] bytes = files.get(path);
        if (path.startsWith("/elsewhere/")) {
            exchange.getResponseHeaders().set("Location", path.substring("/elsewhere".length()));
            exchange.sendResponseHeaders(302, -1);
        } else if (bytes == null) {
            exchange.sendResponseHeaders(404, -1);
        } else {
            int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            if (from < bytes.length) {
                exchange.sendResponseHeaders(range == null ? 200 : 206, bytes.length - from);
                exchange.getResponseBody().write(bytes, from, bytes.length - from);
            } else {
                exchange.sendResponseHeaders(416, -1);
            }
        }
        exchange.close();
    }

    private URI at(String path) {
        return URI.create("http://localhost:" + server.getAddress().getPort() + path);
    }

    private Checksum sha256(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("for-its-hash"), bytes);
        return Checksum.of("SHA-256", file);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatIsTooLongIsNotKept() {
        files.put("/f", new byte[101]);
        Path file = folder.resolve("f");
        assertThatThrownBy(() -> new HttpFile(at("/f"), 100, null).get(file, _ -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at most 100 bytes are fetched, found 101");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aRedirectionIsFollowedAndACutDownloadGoneOnWith() throws IOException {
        byte[] whole = text("the whole file");
        files.put("/f", whole);
        Files.write(folder.resolve("f.part"), Arrays.copyOf(whole, 5));
        new HttpFile(at("/elsewhere/f"), 100, sha256(whole)).get(folder.resolve("f"), _ -> {});
        assertThat(folder.resolve("f")).hasBinaryContent(whole);
        assertThat(folder.resolve("f.part")).doesNotExist();
        assertThat(asked).containsExactly("/elsewhere/f bytes=5-", "/f bytes=5-");
    }

    /** The program died between the last byte and the name; servers then answer 416. */
    @Test
    void aDownloadThatOnlyLacksItsNameGetsIt() throws IOException {
        byte[] whole = text("the whole file");
        files.put("/f", whole);
        Path part = Files.write(folder.resolve("f.part"), whole);
        new HttpFile(at("/f"), 100, sha256(whole)).get(folder.resolve("f"), _ -> {});
        assertThat(folder.resolve("f")).hasBinaryContent(whole);
        assertThat(part).doesNotExist();
        assertThat(asked).containsExactly("/f bytes=14-");
        Checksum expected = sha256(whole);
        Files.write(part, text("as long, other"));
        assertThatThrownBy(() -> new HttpFile(at("/f"), 100, expected).get(folder.resolve("f"), _ -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(expected + " is expected, found")
                .hasMessageContaining("deleted, run the command again");
        assertThat(part).doesNotExist();
    }

    @Test
    void whatIsNotExpectedIsDeleted() throws IOException {
        files.put("/f", text("other"));
        Checksum expected = sha256(text("expected"));
        assertThatThrownBy(() -> new HttpFile(at("/f"), 100, expected).get(folder.resolve("f"), _ -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(expected + " is expected, found")
                .hasMessageContaining("deleted");
        assertThat(folder.resolve("f")).doesNotExist();
        assertThat(folder.resolve("f.part")).doesNotExist();
    }

    @Test
    void plainHttpIsForThisMachineAndKnownChecksums() {
        assertThatThrownBy(() -> new HttpFile(URI.create("http://example.org/f"), 1, null))
                .hasMessageContaining("https://");
        assertThatThrownBy(() -> new HttpFile(URI.create("file:///etc/passwd"), 1, new Checksum("MD5", "0".repeat(32))))
                .hasMessageContaining("https://");
        assertThat(new HttpFile(URI.create("http://example.org/f"), 1, new Checksum("MD5", "0".repeat(32))).most())
                .isOne();
    }

    @Test
    void aHubsFolderIsHeldToTheHashesThatItAnnounces() throws IOException {
        byte[] weights = text("weights");
        files.put("/o/r/resolve/refs%2Fpr%2F1/config.json", text("{}"));
        files.put("/o/r/resolve/refs%2Fpr%2F1/model.safetensors", weights);
        headers.put("X-Repo-Commit", "c".repeat(40));
        HubFolder hub = HubFolder.parse("hf:o/r@refs/pr/1", at("/").toString());
        assertThat(hub.get(folder, _ -> {})).isEqualTo("c".repeat(40));
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(folder.resolve("preprocessor_config.json")).doesNotExist();

        headers.put("X-Linked-ETag", '"' + sha256(weights).hex() + '"');
        assertThatThrownBy(() -> hub.get(folder, _ -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("config.json: SHA-256 " + sha256(weights).hex() + " is expected");
        headers.remove("X-Linked-ETag");
        headers.put("ETag", '"' + "9e26dfeeb6e641a33dae4961196235bdb965b21b" + '"'); // git hash-object of "{}"
        assertThatThrownBy(() -> hub.get(folder, _ -> {}))
                .hasMessageContaining(
                        "model.safetensors: git blob 9e26dfeeb6e641a33dae4961196235bdb965b21b is expected");
    }

    @Test
    void aHubWithoutWeightsIsSaid() {
        files.put("/o/r/resolve/main/config.json", text("{}"));
        assertThatThrownBy(() -> HubFolder.parse("hf:o/r", at("").toString()).get(folder, _ -> {}))
                .hasMessageContaining("/o/r/resolve/main/model.safetensors: the server answered 404");
        for (String wrong : List.of("hf:o", "hf:../r", "hf:o/r@../x", "hf:o/r/x", "hf:o/r@")) {
            assertThatThrownBy(() -> HubFolder.parse(wrong, HubFolder.HUB)).hasMessageContaining("hf:OWNER/REPO");
        }
    }

    /** A gzipped tar of plain files. */
    private static byte[] archive(Map<String, String> entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            for (Map.Entry<String, String> e : entries.entrySet()) {
                byte[] header = new byte[512];
                byte[] name = text(e.getKey());
                System.arraycopy(name, 0, header, 0, name.length);
                byte[] size = text(String.format("%011o", e.getValue().length()));
                System.arraycopy(size, 0, header, 124, size.length);
                header[156] = '0';
                zip.write(header);
                zip.write(Arrays.copyOf(text(e.getValue()), 512));
            }
            zip.write(new byte[1024]);
        }
        return out.toByteArray();
    }

    @Test
    void ofAnArchiveOnlyOneFoldersOwnFilesAreWritten() throws IOException {
        byte[] archive = archive(new TreeMap<>(Map.of(
                "package/net/a.json", "{}",
                "package/net/b.bin", "b",
                "package/net/sub/c", "c",
                "package/net/../../d", "d",
                "package/other", "e")));
        files.put("/p.tgz", archive);
        Path work = Files.createDirectory(folder.resolve("work"));
        Path target = Files.createDirectory(folder.resolve("target"));
        PackedFolder.Origin origin = new PackedFolder.Address(at("/p.tgz"));
        new PackedFolder(origin, archive.length, sha256(archive), "package/net/").get(work, target, _ -> {});
        try (var entries = Files.list(target)) {
            assertThat(entries.map(p -> String.valueOf(p.getFileName()))
                            .sorted()
                            .toList())
                    .containsExactly("a.json", "b.bin");
        }
        assertThat(work).isEmptyDirectory();
        assertThat(folder.resolve("d")).doesNotExist();
        assertThatThrownBy(() -> new PackedFolder(origin, archive.length - 1, sha256(archive), "package/net/")
                        .get(work, target, _ -> {}))
                .hasMessageContaining("at most " + (archive.length - 1) + " bytes");
    }
}
