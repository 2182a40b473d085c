package org.resnet4j.paper;

import java.util.Optional;

/**
 * A statement of the paper about two networks, to be tested on their runs.
 *
 * @param place where the paper makes it
 * @param statement in a sentence
 * @param kind what it says of the first network's error beside the second's
 * @param error which error
 * @param first name of an arm
 * @param second name of an arm
 */
record Claim(String place, String statement, Kind kind, Quantity error, String first, String second) {
    /** What is said. */
    enum Kind {
        /** The first has the higher error. */
        HIGHER,
        /** The first has no higher error. */
        NOT_HIGHER
    }

    /** What the runs say; empty if one of the networks was not wanted. */
    Optional<Finding> test(Evidence evidence) {
        Finding.Side a = side(first, evidence);
        Finding.Side b = side(second, evidence);
        if (a.sample().n() == 0 || b.sample().n() == 0) {
            return Optional.empty();
        }
        return Optional.of(
                switch (kind) {
                    case HIGHER -> Finding.higher(place, statement, a, b, "points of " + error);
                    case NOT_HIGHER -> Finding.notHigher(place, statement, a, b, "points of " + error);
                });
    }

    private Finding.Side side(String arm, Evidence evidence) {
        return new Finding.Side(
                arm, evidence.sample(arm, error == Quantity.TRAINING_ERROR ? Run::trainingError : Run::testError));
    }
}
