package org.resnet4j.optim;

import java.util.List;

/** The first and the second moment of AdamW and LAMB, states 0 and 1, and what makes whole numbers of them. */
final class Moments {
    static final List<String> STATES = List.of("exp_avg", "exp_avg_sq");

    private final double beta1;
    private final double beta2;
    private final float b1;
    private final float b2;
    private final float new1;
    private final float new2;
    private final float epsilon;
    private float root2;

    Moments(double beta1, double beta2, double epsilon) {
        this.beta1 = beta1;
        this.beta2 = beta2;
        b1 = (float) beta1;
        b2 = (float) beta2;
        new1 = (float) (1 - beta1);
        new2 = (float) (1 - beta2);
        this.epsilon = (float) epsilon;
    }

    /**
     * Before a step.
     *
     * @return by which the first moment falls short so far
     */
    double begin(long number) {
        root2 = (float) (1 / Math.sqrt(1 - StrictMath.pow(beta2, (double) number)));
        return 1 - StrictMath.pow(beta1, (double) number);
    }

    void move(Rule.Piece p) {
        float[] g = p.g;
        float[] first = p.state[0];
        float[] second = p.state[1];
        for (int i = 0; i < p.n; i++) {
            first[i] = b1 * first[i] + new1 * g[i];
            second[i] = b2 * second[i] + new2 * (g[i] * g[i]);
        }
    }

    /** By what the first moment is divided. */
    float divisor(float second) {
        return (float) Math.sqrt(second) * root2 + epsilon;
    }
}
