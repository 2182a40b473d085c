package org.resnet4j.engine;

import java.util.List;
import java.util.Locale;

/** Writes a plan as a table: one line a step, then the memory it needs. */
public final class PlanPrinter {
    private PlanPrinter() {}

    /**
     * The plan as text.
     *
     * @param implementations false leaves out what differs between processors (implementations, layouts, offsets), so that the
     *     text can be compared across machines
     */
    public static String print(Plan plan, boolean implementations) {
        StringBuilder text = new StringBuilder();
        List<Plan.Row> rows = plan.rows();
        int node = width(rows, true);
        int op = width(rows, false);
        for (int i = 0; i < rows.size(); i++) {
            Plan.Row r = rows.get(i);
            text.append(String.format(
                    Locale.ROOT, "%4d %-" + node + "s  %-" + op + "s  %-24s", i, r.node(), r.op(), r.result()));
            if (implementations) {
                String place = r.offset() < 0 ? "-" : Long.toString(r.offset());
                text.append(String.format(
                        Locale.ROOT, "  %-34s  %-14s  %12s  %12d", r.implementation(), r.layout(), place, r.bytes()));
            }
            strip(text);
            text.append('\n');
        }
        if (implementations) {
            text.append(String.format(
                    Locale.ROOT,
                    "activations %,d bytes, parameters %,d bytes, together %,d bytes%n",
                    plan.activationBytes(),
                    plan.parameterBytes(),
                    plan.peakBytes()));
        }
        return text.toString();
    }

    private static int width(List<Plan.Row> rows, boolean node) {
        return Math.max(
                1,
                rows.stream()
                        .mapToInt(r -> (node ? r.node() : r.op()).length())
                        .max()
                        .orElse(1));
    }

    private static void strip(StringBuilder text) {
        while (text.charAt(text.length() - 1) == ' ') {
            text.setLength(text.length() - 1);
        }
    }
}
