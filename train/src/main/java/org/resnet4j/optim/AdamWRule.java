package org.resnet4j.optim;

import java.util.List;

/** {@code torch.optim.AdamW}. States 0 and 1: the first and the second moment. */
final class AdamWRule implements Rule {
    private final float b1;
    private final float b2;
    private final float new1;
    private final float new2;
    private final float epsilon;
    private final AdamWOptions options;
    private double lr;
    private float size;
    private float root2;

    AdamWRule(AdamWOptions options) {
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
        lr = rate;
        size = (float) (rate / (1 - StrictMath.pow(options.beta1(), (double) number)));
        root2 = (float) (1 / Math.sqrt(1 - StrictMath.pow(options.beta2(), (double) number)));
    }

    @Override
    public boolean scales(float decay) {
        return false;
    }

    @Override
    public void measure(Piece p, Norms norms) {
        throw new IllegalStateException("AdamW does not scale");
    }

    @Override
    public float scale(Norms norms, float decay) {
        throw new IllegalStateException("AdamW does not scale");
    }

    @Override
    public void move(Piece p, float scale) {
        float[] w = p.w;
        float[] g = p.g;
        float[] first = p.state[0];
        float[] second = p.state[1];
        float kept = (float) (1 - lr * p.decay);
        for (int i = 0; i < p.n; i++) {
            first[i] = b1 * first[i] + new1 * g[i];
            second[i] = b2 * second[i] + new2 * (g[i] * g[i]);
            w[i] = kept * w[i] - size * (first[i] / ((float) Math.sqrt(second[i]) * root2 + epsilon));
        }
    }
}
