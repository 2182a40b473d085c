package org.resnet4j.optim;

import java.util.List;

/** timm's {@code Lamb}. States 0 and 1: the first and the second moment. */
final class LambRule implements Rule {
    private final LambOptions options;
    private final float b1;
    private final float b2;
    private final float new1;
    private final float new2;
    private final float epsilon;
    private float lr;
    private float whole1;
    private float root2;

    LambRule(LambOptions options) {
        this.options = options;
        b1 = (float) options.beta1();
        b2 = (float) options.beta2();
        new1 = (float) (1 - options.beta1());
        new2 = (float) (1 - options.beta2());
        epsilon = (float) options.epsilon();
    }

    @Override
    public List<String> states() {
        return List.of("exp_avg", "exp_avg_sq");
    }

    @Override
    public void begin(double rate, long number) {
        lr = (float) rate;
        whole1 = (float) (1 / (1 - StrictMath.pow(options.beta1(), (double) number)));
        root2 = (float) (1 / Math.sqrt(1 - StrictMath.pow(options.beta2(), (double) number)));
    }

    @Override
    public boolean scales(float decay) {
        return decay != 0;
    }

    @Override
    public void measure(Piece p, Norms norms) {
        moments(p);
        for (int i = 0; i < p.n; i++) {
            float update = update(p, i);
            norms.weights += (double) p.w[i] * p.w[i];
            norms.others += (double) update * update;
        }
    }

    private void moments(Piece p) {
        float[] g = p.g;
        float[] first = p.state[0];
        float[] second = p.state[1];
        for (int i = 0; i < p.n; i++) {
            first[i] = b1 * first[i] + new1 * g[i];
            second[i] = b2 * second[i] + new2 * (g[i] * g[i]);
        }
    }

    private float update(Piece p, int i) {
        return whole1 * p.state[0][i] / ((float) Math.sqrt(p.state[1][i]) * root2 + epsilon) + p.decay * p.w[i];
    }

    @Override
    public float scale(Norms norms, float decay) {
        return norms.weights > 0 && norms.others > 0 ? (float) Math.sqrt(norms.weights / norms.others) : 1;
    }

    @Override
    public void move(Piece p, float scale) {
        if (!scales(p.decay)) {
            moments(p); // otherwise measuring moved them
        }
        for (int i = 0; i < p.n; i++) {
            p.w[i] = p.w[i] - lr * (scale * update(p, i));
        }
    }
}
