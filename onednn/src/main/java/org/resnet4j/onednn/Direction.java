package org.resnet4j.onednn;

/** Forward kinds of propagation; {@code dnnl_prop_kind_t}. */
public enum Direction {
    /** Forward, remembering what backward needs. */
    FORWARD_TRAINING(64),
    /** Forward only. */
    FORWARD_INFERENCE(96);

    final int code;

    Direction(int code) {
        this.code = code;
    }
}
