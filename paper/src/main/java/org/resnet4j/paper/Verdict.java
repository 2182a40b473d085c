package org.resnet4j.paper;

/** What came of a comparison with the paper. */
public enum Verdict {
    /** The difference is one that runs of the same experiment have among each other. */
    AGREES("agrees"),
    /** It is not. */
    DIFFERS("differs"),
    /** There are too few runs to tell, or they lie too close together. */
    NOT_ENOUGH_RUNS("not enough runs"),
    /** There are too few pictures to tell. */
    NOT_ENOUGH_PICTURES("not enough pictures");

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    /** As in reports: {@code not enough runs}. */
    @Override
    public String toString() {
        return words;
    }
}
