package org.resnet4j.optim;

import java.util.List;

/** timm's {@code Lars}. State 0: the velocity. */
final class LarsRule implements Rule {
    private static final double EPSILON = 1e-8;

    private final LarsOptions options;
    private final float m;
    private float lr;

    LarsRule(LarsOptions options) {
        this.options = options;
        this.m = (float) options.momentum();
    }

    @Override
    public List<String> states() {
        return List.of("momentum");
    }

    @Override
    public void begin(double rate, long number) {
        lr = (float) rate;
    }

    @Override
    public boolean scales(float decay) {
        return decay != 0;
    }

    @Override
    public void measure(Piece p, Norms norms) {
        for (int i = 0; i < p.n; i++) {
            norms.weights += (double) p.w[i] * p.w[i];
            norms.others += (double) p.g[i] * p.g[i];
        }
    }

    @Override
    public float scale(Norms norms, float decay) {
        double w = Math.sqrt(norms.weights);
        double g = Math.sqrt(norms.others);
        return w > 0 && g > 0 ? (float) (options.trust() * w / (g + w * decay + EPSILON)) : 1;
    }

    @Override
    public void move(Piece p, float scale) {
        float[] w = p.w;
        float[] g = p.g;
        float[] v = p.state[0];
        float decay = p.decay;
        float own = options.nesterov() ? 1 : 0;
        float past = options.nesterov() ? m : 1;
        for (int i = 0; i < p.n; i++) {
            float d = scale * (g[i] + decay * w[i]);
            v[i] = m * v[i] + d;
            w[i] = w[i] - lr * (own * d + past * v[i]);
        }
    }
}
