package org.resnet4j.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import org.resnet4j.trainer.EpochRow;
import org.resnet4j.trainer.TrainEvent;

/**
 * Shows a run to people: on a terminal one line that is drawn again and again, elsewhere a plain line every ten seconds and after
 * each epoch.
 */
final class ProgressBar implements Consumer<TrainEvent> {
    private static final int WIDTH = 24;

    private final PrintWriter out;
    private final boolean terminal;
    private final long interval;
    private final String prefix;
    private final Function<TrainEvent.Pace, String> suffix;
    private long lastShown;
    private long steps = 1;
    private double error = Double.NaN;
    private boolean open;

    ProgressBar(PrintWriter out, boolean terminal) {
        this(out, terminal, "", _ -> "");
    }

    /**
     * Of a run among others.
     *
     * @param prefix before each line of a step
     * @param suffix after it
     */
    ProgressBar(PrintWriter out, boolean terminal, String prefix, Function<TrainEvent.Pace, String> suffix) {
        this.prefix = prefix;
        this.suffix = suffix;
        this.out = out;
        this.terminal = terminal;
        this.interval = terminal ? 200_000_000L : 10_000_000_000L;
        this.lastShown = System.nanoTime();
    }

    @Override
    public void accept(TrainEvent event) {
        switch (event) {
            case TrainEvent.Started s -> {
                steps = s.steps();
                out.printf(
                        Locale.ROOT,
                        "%,d parameters, %,d steps of %,d an epoch, native memory %s%n",
                        s.trainable(),
                        s.steps(),
                        s.stepsPerEpoch(),
                        s.memory());
                out.println("weight decay " + s.decayed());
            }
            case TrainEvent.Resumed r -> {
                out.println("resumed at step " + r.step());
                r.skipped().forEach(k -> out.println("skipped a checkpoint that cannot be used: " + k));
            }
            case TrainEvent.Step s -> step(s);
            case TrainEvent.EpochEnded e -> {
                clear();
                EpochRow row = e.row();
                out.printf(
                        Locale.ROOT,
                        "epoch %3d  train loss %.4f error %5.2f %%  eval loss %.4f top-1 %5.2f %%%s  lr %.4g  %.0f s  data wait %.2f %%%s%n",
                        row.epoch() + 1,
                        row.train().loss(),
                        100 * row.train().top1Error(),
                        row.evaluation().loss(),
                        row.evaluation().top1(),
                        row.averaged() == null
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        " averaged %5.2f %%",
                                        row.averaged().top1()),
                        row.lr(),
                        row.seconds(),
                        100 * e.waitShare(),
                        e.best() ? "  best" : "");
            }
            case TrainEvent.CheckpointWritten c -> {
                if (!terminal) {
                    out.println("checkpoint at step " + c.step());
                }
            }
            case TrainEvent.WriteFailed f -> {
                clear();
                out.println("at step " + f.step() + ", failure " + f.failures() + " in a row: " + f.reason());
            }
            case TrainEvent.Interrupted _, TrainEvent.Finished _, TrainEvent.Diverged _ -> clear();
        }
        out.flush();
    }

    private void step(TrainEvent.Step s) {
        error = Double.isNaN(error) ? s.error() : 0.95 * error + 0.05 * s.error();
        long now = System.nanoTime();
        if (now - lastShown < interval) {
            return;
        }
        lastShown = now;
        String line = prefix + line(s, steps, error) + suffix.apply(s.pace());
        if (terminal) {
            out.print("\r" + line + "\u001b[K");
            open = true;
        } else {
            out.println(line);
        }
    }

    /** One line about a step; the error is that of recent batches. */
    static String line(TrainEvent.Step s, long steps, double error) {
        return String.format(
                Locale.ROOT,
                "%s %d/%d epoch %d  loss %.4f  error %5.2f %%  %.0f img/s  ETA %s  data wait %.1f %%",
                bar(s.step(), steps),
                s.step(),
                steps,
                s.epoch() + 1,
                s.loss(),
                100 * error,
                s.pace().imagesPerSecond(),
                eta(s.pace().left().toSeconds()),
                100 * s.pace().waitShare());
    }

    /** The part that is done, drawn. */
    static String bar(long done, long all) {
        int filled = (int) (WIDTH * done / Math.max(1, all));
        return "[" + "=".repeat(filled) + " ".repeat(WIDTH - filled) + "]";
    }

    /** Seconds as minutes and hours. */
    static String eta(long seconds) {
        return seconds >= 3600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }

    private void clear() {
        if (open) {
            out.print("\r\u001b[K");
            open = false;
        }
    }
}
