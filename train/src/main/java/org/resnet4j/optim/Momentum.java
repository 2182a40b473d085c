package org.resnet4j.optim;

/**
 * Where the learning rate stands in the momentum. With d = gradient + decay * weight; the two differ as soon as the rate moves.
 */
public enum Momentum {
    /** v = m * v + d; w -= lr * v. PyTorch, {@code torch.optim.SGD}. */
    PYTORCH,
    /** v = m * v + lr * d; w -= v. Caffe, and the paper's authors ({@code KaimingHe/deep-residual-networks}, README). */
    CAFFE
}
