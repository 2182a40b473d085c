package org.resnet4j.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.AtomicFile;

/** Where the text of results goes: to standard output as it comes, or to a file that is there when all of it is. */
final class Results {
    private Results() {}

    /** Takes results. */
    interface Text {
        /** The next lines, with their ends. */
        void write(String lines) throws IOException;
    }

    /** Makes results. */
    interface Content {
        /** Writes all of them. */
        void writeTo(Text text) throws IOException;
    }

    /** Writes to a file, or to {@code out} if it is null. */
    static void write(@Nullable Path file, PrintWriter out, Content content) throws IOException {
        if (file == null) {
            content.writeTo(lines -> {
                out.print(lines);
                out.flush();
            });
            return;
        }
        AtomicFile.write(file, channel -> {
            Writer writer = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
            content.writeTo(writer::write);
            writer.flush();
        });
    }

    /** A field as RFC 4180 has it. */
    static String quoted(String field) {
        return field.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                ? '"' + field.replace("\"", "\"\"") + '"'
                : field;
    }
}
