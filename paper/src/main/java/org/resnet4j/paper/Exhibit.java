package org.resnet4j.paper;

import java.util.List;

/** Something to look at in a report. */
public sealed interface Exhibit {
    /** What it shows, in a sentence. */
    String caption();

    /**
     * Drawings that belong together.
     *
     * @param caption what they show
     * @param svgs as {@link org.resnet4j.report.LineChart} makes them: without script and ids, seen on white and on black
     */
    record Charts(String caption, List<String> svgs) implements Exhibit {
        /** Copies the list. */
        public Charts {
            svgs = List.copyOf(svgs);
        }
    }

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
