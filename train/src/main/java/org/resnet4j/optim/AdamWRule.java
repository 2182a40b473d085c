package org.resnet4j.optim;

import java.util.List;

/** {@code torch.optim.AdamW}. */
final class AdamWRule implements Rule {
    private final Moments moments;
    private double lr;
    private float size;

    AdamWRule(AdamWOptions options) {
        moments = new Moments(options.beta1(), options.beta2(), options.epsilon());
    }

    @Override
    public List<String> states() {
        return Moments.STATES;
    }

    @Override
    public void begin(double rate, long number) {
        lr = rate;
        size = (float) (rate / moments.begin(number));
    }

    @Override
    public void move(Piece p, float scale) {
        moments.move(p);
        float[] w = p.w;
        float[] first = p.state[0];
        float[] second = p.state[1];
        float kept = (float) (1 - lr * p.decay);
        for (int i = 0; i < p.n; i++) {
            w[i] = kept * w[i] - size * (first[i] / moments.divisor(second[i]));
        }
    }
}
