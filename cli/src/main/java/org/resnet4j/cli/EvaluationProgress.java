package org.resnet4j.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.resnet4j.infer.Evaluation;

/**
 * Shows how far an evaluation is: on a terminal one line that is drawn again and again, elsewhere a plain line every ten seconds.
 * Counts the pictures of all passes over the set.
 */
final class EvaluationProgress implements Evaluation.Listener {
    private final PrintWriter out;
    private final boolean terminal;
    private final long all;
    private final int each;
    private final long interval;
    private final long begin = System.nanoTime();
    private long lastShown = begin;
    private long before;
    private boolean open;

    EvaluationProgress(PrintWriter out, boolean terminal, int pictures, int passes) {
        this.out = out;
        this.terminal = terminal;
        this.all = (long) pictures * passes;
        this.each = pictures;
        this.interval = terminal ? 200_000_000L : 10_000_000_000L;
    }

    @Override
    public void done(int pictures) {
        long now = System.nanoTime();
        if (now - lastShown < interval) {
            return;
        }
        lastShown = now;
        String line = line(before + pictures, all, (now - begin) / 1e9);
        if (terminal) {
            out.print("\r" + line + "\u001b[K");
            open = true;
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** A pass over the set is over. */
    void passEnded() {
        before += each;
        clear();
    }

    /** Takes the line off the terminal, so that others can be printed. */
    void clear() {
        if (open) {
            out.print("\r\u001b[K");
            out.flush();
            open = false;
        }
    }

    static String line(long done, long all, double seconds) {
        double pace = done / seconds;
        return String.format(
                Locale.ROOT,
                "%s %d/%d  %.1f img/s  ETA %s",
                ProgressBar.bar(done, all),
                done,
                all,
                pace,
                done == 0 ? "?" : ProgressBar.eta(Math.round((all - done) / pace)));
    }
}
