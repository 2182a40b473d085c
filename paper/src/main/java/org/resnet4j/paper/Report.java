package org.resnet4j.paper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an experiment found: to be read by people as one HTML file, by programs as JSON. Holds no path.
 *
 * @param protocol how far it went
 * @param data what was trained on and evaluated, by content; empty where nothing was trained
 * @param results one a study
 * @param runs that they conclude from
 * @param provenance of the first run, or of this process: program, machine, Java
 */
public record Report(
        Protocol protocol,
        List<String> data,
        List<Result> results,
        List<Run> runs,
        Map<String, @Nullable Object> provenance) {
    /** Copies the lists. */
    public Report {
        data = List.copyOf(data);
        results = List.copyOf(results);
        runs = List.copyOf(runs);
    }

    /** Writes the page, atomically. */
    public void writePage(Path file) throws IOException {
        ReportPage.of(this).write(file);
    }

    /** All of it as JSON values by name, in a fixed order. */
    public Map<String, @Nullable Object> toJson() {
        return ReportJson.of(this);
    }
}
