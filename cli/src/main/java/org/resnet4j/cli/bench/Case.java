package org.resnet4j.cli.bench;

import org.resnet4j.pass.Precision;
import org.resnet4j.zoo.Models;

/**
 * What is run: a line of the table.
 *
 * @param model the network's name
 * @param training steps with gradients and SGD, else inference
 * @param precision of the pictures
 * @param batch pictures a run
 */
public record Case(String model, boolean training, Precision precision, int batch) {
    private static final String TRAIN = "train";
    private static final String INFER = "infer";

    /** Checks the name and the count. */
    public Case {
        Models.byName(model);
        if (batch < 1) {
            throw new IllegalArgumentException("a batch has at least one picture, found " + batch);
        }
        if (training && precision == Precision.INT8) {
            throw new IllegalArgumentException(model + ": training is done in fp32 or bf16, found int8");
        }
    }

    /** {@code MODEL:infer|train:PRECISION:BATCH}. */
    public static Case parse(String text) {
        String[] words = text.split(":", -1);
        if (words.length != 4 || !(words[1].equals(TRAIN) || words[1].equals(INFER)) || !words[3].matches("\\d{1,6}")) {
            throw new IllegalArgumentException(
                    "a case is MODEL:infer|train:fp32|bf16|int8:BATCH, such as resnet50:infer:bf16:16, found " + text);
        }
        return new Case(words[0], words[1].equals(TRAIN), Precision.of(words[2]), Integer.parseInt(words[3]));
    }

    /** {@code train} or {@code infer}. */
    public String mode() {
        return training ? TRAIN : INFER;
    }

    @Override
    public String toString() {
        return model + ":" + mode() + ":" + precision + ":" + batch;
    }
}
