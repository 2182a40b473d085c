package org.resnet4j.optim;

import java.util.List;

/** {@code torch.optim.SGD}; Caffe's {@code SGDSolver} and {@code NesterovSolver}. State 0: the velocity. */
final class SgdRule implements Rule {
    private final SgdOptions options;
    private final float m;
    private float lr;

    SgdRule(SgdOptions options) {
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
    public void move(Piece p, float scale) {
        float decay = p.decay;
        if (options.decoupled() && decay != 0) {
            float kept = 1 - lr * decay;
            for (int i = 0; i < p.n; i++) {
                p.w[i] = kept * p.w[i];
            }
            decay = 0;
        }
        float[] v = p.state[0];
        switch (options.convention()) {
            case PYTORCH -> {
                if (options.nesterov()) {
                    pytorchNesterov(p.n, p.w, p.g, v, decay);
                } else {
                    pytorch(p.n, p.w, p.g, v, decay);
                }
            }
            case CAFFE -> {
                if (options.nesterov()) {
                    caffeNesterov(p.n, p.w, p.g, v, decay);
                } else {
                    caffe(p.n, p.w, p.g, v, decay);
                }
            }
        }
    }

    private void pytorch(int n, float[] w, float[] g, float[] v, float decay) {
        for (int i = 0; i < n; i++) {
            v[i] = m * v[i] + (g[i] + decay * w[i]);
            w[i] = w[i] - lr * v[i];
        }
    }

    private void pytorchNesterov(int n, float[] w, float[] g, float[] v, float decay) {
        for (int i = 0; i < n; i++) {
            float d = g[i] + decay * w[i];
            v[i] = m * v[i] + d;
            w[i] = w[i] - lr * (d + m * v[i]);
        }
    }

    private void caffe(int n, float[] w, float[] g, float[] v, float decay) {
        for (int i = 0; i < n; i++) {
            v[i] = m * v[i] + lr * (g[i] + decay * w[i]);
            w[i] = w[i] - v[i];
        }
    }

    private void caffeNesterov(int n, float[] w, float[] g, float[] v, float decay) {
        for (int i = 0; i < n; i++) {
            float old = v[i];
            v[i] = m * old + lr * (g[i] + decay * w[i]);
            w[i] = w[i] - ((1f + m) * v[i] - m * old);
        }
    }
}
