package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import org.resnet4j.image.ImageException;
import org.resnet4j.infer.Answer;
import org.resnet4j.infer.Classifier;
import org.resnet4j.infer.PictureSource;

/**
 * Pictures one after another through a classifier: what cannot be read is a line on standard error and the others are done; how far
 * it is, is shown where nothing else is printed.
 */
final class PictureRun implements Classifier.Listener {
    /** Takes answers. */
    interface Taker {
        /** The answer for a picture that could be read. */
        void take(String picture, Answer answer) throws IOException;
    }

    private final PrintWriter err;
    private final EvaluationProgress progress;
    private final Taker taker;
    private int done;
    private int failed;

    private PictureRun(PrintWriter err, EvaluationProgress progress, Taker taker) {
        this.err = err;
        this.progress = progress;
        this.taker = taker;
    }

    /**
     * Runs all pictures.
     *
     * @param shown true to show progress on {@code err}, which a person watches
     * @return the exit code: 0, or 1 if some could not be read, or 3 if none could
     */
    static int of(Classifier classifier, List<PictureSource> pictures, PrintWriter err, boolean shown, Taker taker)
            throws IOException {
        PrintWriter bar = shown ? err : new PrintWriter(Writer.nullWriter());
        PictureRun run = new PictureRun(err, new EvaluationProgress(bar, true, pictures.size(), 1), taker);
        classifier.each(pictures, run);
        run.progress.passEnded();
        return run.failed == 0 ? 0 : run.failed == pictures.size() ? Main.BAD_INPUT : Main.FAILED;
    }

    @Override
    public void answered(PictureSource picture, Answer answer) throws IOException {
        taker.take(picture.name(), answer);
        progress.done(++done);
    }

    @Override
    public void unreadable(PictureSource picture, ImageException reason) {
        progress.clear();
        err.println("resnet: " + reason.getMessage());
        failed++;
        progress.done(++done);
    }
}
