package org.resnet4j.download;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.dataset.DataException;

/**
 * One file of a server: never longer than a limit, under its name only when it is whole and has its checksum; a download that was cut
 * off is gone on with. Redirections are followed, but never from HTTPS to HTTP; HTTP itself is for files whose checksum is known, and
 * for servers on this machine.
 *
 * @param address of the file
 * @param most bytes that it may have
 * @param checksum that its publisher gave, or null where none is known beforehand
 */
record HttpFile(URI address, long most, @Nullable Checksum checksum) {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final long STALL_NANOS = 60_000_000_000L;
    private static final long PROGRESS_NANOS = 2_000_000_000L;
    private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Checks the scheme. */
    HttpFile {
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        String host = String.valueOf(address.getHost());
        boolean allowed =
                scheme.equals("https") || (scheme.equals("http") && (checksum != null || HERE.contains(host)));
        if (!allowed) {
            throw new IllegalArgumentException(address + ": an address must begin with https://, or with http:// where"
                    + " the file's checksum is known or the server is this machine");
        }
    }

    /** The server has no such file. */
    static final class NotThereException extends IOException {
        private static final long serialVersionUID = 1L;

        NotThereException(String message) {
            super(message);
        }
    }

    /** What the checksum of an answer is according to its headers, those of redirections first; null if they do not say. */
    interface Announced {
        /** From the headers of every answer on the way. */
        @Nullable
        Checksum checksum(List<HttpHeaders> headers);
    }

    /** Fetches the file; see the class. */
    void get(Path file, Consumer<String> progress) throws IOException {
        get(file, progress, _ -> checksum);
    }

    /** Fetches the file and holds it to the checksum that the answer announces. */
    void get(Path file, Consumer<String> progress, Announced announced) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        long have = checksum != null && Files.isRegularFile(part) ? Files.size(part) : 0;
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(ANSWER);
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        progress.accept("fetching " + address + (have > 0 ? " from byte " + have : ""));
        List<HttpHeaders> headers;
        try (HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                int status = response.statusCode();
                if (status == 404) {
                    throw new NotThereException("the server answered 404");
                } else if (status == 416 && have > 0) {
                    progress.accept("the server has no more than was fetched"); // its checksum says whether that is all
                } else if (status == 200 || (status == 206 && have > 0)) {
                    append(part, body, status == 206 ? have : 0, response.headers(), progress);
                } else {
                    throw new DataException("the server answered " + status);
                }
            }
            headers = headers(response);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException("interrupted; run the command again to go on", e);
        }
        Checksum expected = announced.checksum(headers);
        if (expected != null) {
            try {
                expected.require(part, String.valueOf(file.getFileName()));
            } catch (DataException e) {
                Files.delete(part);
                throw new DataException(e.getMessage() + "; the download was deleted, run the command again", e);
            }
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<HttpHeaders> headers(HttpResponse<?> last) {
        List<HttpHeaders> all = new ArrayList<>();
        for (HttpResponse<?> r = last; r != null; r = r.previousResponse().orElse(null)) {
            all.addFirst(r.headers());
        }
        return all;
    }

    private void append(Path part, InputStream body, long have, HttpHeaders headers, Consumer<String> progress)
            throws IOException {
        long announced = headers.firstValueAsLong("Content-Length").orElse(-1);
        if (announced > most - have) {
            throw tooLong(have + announced);
        }
        AtomicLong read = new AtomicLong(have);
        Thread watch = Thread.ofVirtual().start(() -> closeWhenStalled(body, read));
        try (OutputStream out = have > 0
                ? Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                : Files.newOutputStream(part)) {
            byte[] buffer = new byte[1 << 16];
            long shown = System.nanoTime();
            int n = body.read(buffer);
            while (n >= 0 && read.addAndGet(n) <= most) {
                out.write(buffer, 0, n);
                if (System.nanoTime() - shown > PROGRESS_NANOS) {
                    shown = System.nanoTime();
                    progress.accept(megabytes(read.get()) + (announced < 0 ? "" : " of " + megabytes(have + announced))
                            + " MB");
                }
                n = body.read(buffer);
            }
        } finally {
            watch.interrupt();
        }
        if (read.get() > most) {
            Files.delete(part);
            throw tooLong(read.get());
        }
        if (announced >= 0 && read.get() != have + announced) {
            throw new DataException("the server announced " + (have + announced) + " bytes and sent " + read.get()
                    + "; run the command again to go on");
        }
    }

    /** A server that sends nothing for a minute is left: reading then fails. */
    private static void closeWhenStalled(InputStream body, AtomicLong read) {
        long last = read.get();
        long since = System.nanoTime();
        try {
            while (System.nanoTime() - since < STALL_NANOS) {
                Thread.sleep(1000);
                if (read.get() != last) {
                    last = read.get();
                    since = System.nanoTime();
                }
            }
            body.close();
        } catch (InterruptedException | IOException e) {
            Thread.currentThread().interrupt(); // the download has ended
        }
    }

    private DataException tooLong(long found) {
        return new DataException("at most " + most + " bytes are fetched, found " + found + " or more");
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
    }
}
