package org.resnet4j.pickle;

import org.resnet4j.weights.WeightsException;

/** A pickle that is refused or broken: file, byte of the pickle, what it asked for, what to do. Nothing was executed. */
public final class PickleException extends WeightsException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception. */
    public PickleException(String message) {
        super(message);
    }
}
