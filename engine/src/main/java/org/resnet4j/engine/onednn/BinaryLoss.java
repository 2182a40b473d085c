package org.resnet4j.engine.onednn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.resnet4j.graph.Op;
import org.resnet4j.tensor.Shape;

/** Binary cross entropy with logits, summed up in double: the loops of {@link Op.SigmoidCrossEntropy} and of its gradient. */
final class BinaryLoss {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;

    private final Op.SigmoidCrossEntropy op;
    private final long elements;
    private final int classes;
    private final MemorySegment logits;
    private final MemorySegment targets;

    private BinaryLoss(Op.SigmoidCrossEntropy op, Shape shape, MemorySegment logits, MemorySegment targets) {
        this.op = op;
        this.elements = shape.elements();
        this.classes = shape.intDim(1);
        this.logits = logits;
        this.targets = targets;
    }

    /** logits, targets, loss. */
    static Step.HostKernel forward(Op.SigmoidCrossEntropy op, Shape logits) {
        return m -> {
            BinaryLoss loss = new BinaryLoss(op, logits, m.get(0), m.get(1));
            return _ -> m.get(2).setAtIndex(F32, 0, (float) loss.mean());
        };
    }

    /** logits, targets, diffLogits. */
    static Step.HostKernel backward(Op.SigmoidCrossEntropy op, Shape logits) {
        return m -> {
            BinaryLoss loss = new BinaryLoss(op, logits, m.get(0), m.get(1));
            return _ -> loss.gradient(m.get(2));
        };
    }

    private double mean() {
        double sum = 0;
        for (long i = 0; i < elements; i++) {
            double x = logits.getAtIndex(F32, i);
            sum += Math.max(x, 0) - x * target(i) + Math.log1p(Math.exp(-Math.abs(x)));
        }
        return sum / elements;
    }

    private void gradient(MemorySegment diff) {
        for (long i = 0; i < elements; i++) {
            double sigmoid = 1 / (1 + Math.exp(-(double) logits.getAtIndex(F32, i)));
            diff.setAtIndex(F32, i, (float) ((sigmoid - target(i)) / elements));
        }
    }

    private double target(long i) {
        double given = op.softTargets() ? targets.getAtIndex(F32, i) : label(i / classes) == i % classes ? 1 : 0;
        return (1 - op.labelSmoothing()) * given + op.labelSmoothing() / classes;
    }

    private int label(long n) {
        int label = targets.getAtIndex(ValueLayout.JAVA_INT, n);
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException("targets: sample " + n + " has label " + label + ", but there are "
                    + classes + " classes, 0 to " + (classes - 1));
        }
        return label;
    }
}
