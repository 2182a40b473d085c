package org.resnet4j.paper;

import java.util.List;

/** Something to look at in a report. */
public sealed interface Exhibit {
    /** What it shows, in a sentence. */
    String caption();

    /**
     * A drawing.
     *
     * @param caption what it shows
     * @param svg as {@link org.resnet4j.report.LineChart} makes it: without script, colours of its own only where the page's would not do
     */
    record Chart(String caption, String svg) implements Exhibit {}

    /**
     * Rows and columns.
     *
     * @param caption what it shows
     * @param rows of cells; the first is the head
     */
    record Table(String caption, List<List<String>> rows) implements Exhibit {
        /** Copies the lists. */
        public Table {
            rows = rows.stream().map(List::copyOf).toList();
        }
    }
}
