package org.resnet4j.paper;

import java.util.List;
import java.util.Objects;

/**
 * What a study found: a part of the report and of its JSON.
 *
 * @param target what was asked for
 * @param about what was done, in sentences: networks, runs, data, settings that differ from the paper's
 * @param findings the paper's statements, tested
 * @param comparisons the paper's numbers beside ours
 * @param exhibits charts and tables, in the order in which they are shown
 * @param remarks what a reader must know to judge it, a sentence each
 */
public record Result(
        Target target,
        List<String> about,
        List<Finding> findings,
        List<Comparison> comparisons,
        List<Exhibit> exhibits,
        List<String> remarks) {
    /** Copies the lists. */
    public Result {
        Objects.requireNonNull(target);
        about = List.copyOf(about);
        findings = List.copyOf(findings);
        comparisons = List.copyOf(comparisons);
        exhibits = List.copyOf(exhibits);
        remarks = List.copyOf(remarks);
    }
}
