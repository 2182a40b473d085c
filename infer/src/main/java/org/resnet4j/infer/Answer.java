package org.resnet4j.infer;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a network says of one picture. Immutable. */
public final class Answer {
    private final float[] logits;
    private final float[] embedding;
    private final List<String> classNames;

    /** Of these numbers, which nobody writes to afterwards; as many names as logits. */
    public Answer(float[] logits, float[] embedding, List<String> classNames) {
        this.logits = logits;
        this.embedding = embedding;
        this.classNames = classNames;
    }

    /** The network's raw outputs, one a class. */
    public float[] logits() {
        return logits.clone();
    }

    /** What the last layer was given: for a residual network the means over all pixels of its last block. */
    public float[] embedding() {
        return embedding.clone();
    }

    /** The {@code top} likeliest classes, at least one, likeliest first; probabilities are the softmax of the logits. */
    public List<Prediction> predictions(int top) {
        double max = IntStream.range(0, logits.length)
                .mapToDouble(i -> logits[i])
                .max()
                .orElseThrow();
        double[] e = IntStream.range(0, logits.length)
                .mapToDouble(i -> Math.exp(logits[i] - max))
                .toArray();
        double sum = IntStream.range(0, e.length).mapToDouble(i -> e[i]).sum();
        return IntStream.range(0, logits.length)
                .mapToObj(i -> new Prediction(i, classNames.get(i), e[i] / sum))
                .sorted(Comparator.comparingDouble(Prediction::probability)
                        .reversed()
                        .thenComparingInt(Prediction::index))
                .limit(Math.max(1, top))
                .toList();
    }
}
