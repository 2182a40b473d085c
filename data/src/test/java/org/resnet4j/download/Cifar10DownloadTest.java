package org.resnet4j.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.dataset.DataException;

/** Against a server on this machine: what is wrong never gets a name. */
class Cifar10DownloadTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    private final List<String> ranges = new ArrayList<>();
    private byte[] content = new byte[0];
    private int status = 200;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/cifar-10-binary.tar.gz", exchange -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            ranges.add(range == null ? "whole" : range);
            exchange.sendResponseHeaders(status, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void get() throws IOException {
        Cifar10Download.from("http://localhost:" + server.getAddress().getPort())
                .get(folder, _ -> {});
    }

    @Test
    void anArchiveOfOtherBytesIsDeletedAndNamed() throws IOException {
        content = "not the archive".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(this::get)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("MD5 c32a1d4ab5d03f1284b67883e8d87530 is expected")
                .hasMessageContaining("By hand: put cifar-10-binary.tar.gz");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anErrorOfTheServerIsNamed() {
        status = 503;
        assertThatThrownBy(this::get).isInstanceOf(DataException.class).hasMessageContaining("the server answered 503");
    }

    @Test
    void aPartIsGoneOnWith() throws IOException {
        Files.writeString(folder.resolve("cifar-10-binary.tar.gz.part"), "first");
        status = 206;
        content = "second".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(this::get).hasMessageContaining("is expected, found");
        assertThat(ranges).containsExactly("bytes=5-");
    }
}
