package org.resnet4j.optim;

import java.util.List;

/** timm's {@code Lamb}. */
final class LambRule implements Rule {
    private final Moments moments;
    private float lr;
    private float whole1;

    LambRule(LambOptions options) {
        moments = new Moments(options.beta1(), options.beta2(), options.epsilon());
    }

    @Override
    public List<String> states() {
        return Moments.STATES;
    }

    @Override
    public void begin(double rate, long number) {
        lr = (float) rate;
        whole1 = (float) (1 / moments.begin(number));
    }

    @Override
    public boolean scales(float decay) {
        return decay != 0;
    }

    @Override
    public void measure(Piece p, Norms norms) {
        moments.move(p);
        for (int i = 0; i < p.n; i++) {
            float update = update(p, i);
            norms.weights += (double) p.w[i] * p.w[i];
            norms.others += (double) update * update;
        }
    }

    private float update(Piece p, int i) {
        return whole1 * p.state[0][i] / moments.divisor(p.state[1][i]) + p.decay * p.w[i];
    }

    @Override
    public float scale(Norms norms, float decay) {
        return norms.weights > 0 && norms.others > 0 ? (float) Math.sqrt(norms.weights / norms.others) : 1;
    }

    @Override
    public void move(Piece p, float scale) {
        if (!scales(p.decay)) {
            moments.move(p); // otherwise measuring moved them
        }
        for (int i = 0; i < p.n; i++) {
            p.w[i] = p.w[i] - lr * (scale * update(p, i));
        }
    }
}
