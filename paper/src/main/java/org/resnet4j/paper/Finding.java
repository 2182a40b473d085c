package org.resnet4j.paper;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * A statement of the paper, tested.
 *
 * @param place where the paper makes it: {@code Section 4.2}
 * @param statement in a sentence
 * @param verdict whether our runs bear it out
 * @param evidence by how much and how sure, in a sentence
 * @param numbers behind the evidence, by name
 */
public record Finding(String place, String statement, Verdict verdict, String evidence, Map<String, Double> numbers) {
    /** How many standard errors a difference must have to be believed. */
    public static final double STANDARD_ERRORS = 3;

    /** Copies the map. */
    public Finding {
        Objects.requireNonNull(place);
        Objects.requireNonNull(statement);
        Objects.requireNonNull(verdict);
        Objects.requireNonNull(evidence);
        numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
    }

    /**
     * A name with its numbers.
     *
     * @param name {@code plain-56}
     * @param sample one value a run
     */
    public record Side(String name, Sample sample) {}

    /**
     * The statement that the first is higher. It holds from {@value #STANDARD_ERRORS} standard errors and a probability of chance below
     * 5 % on; the other way round it does not hold; in between there are not enough runs.
     *
     * @param unit of the numbers, such as {@code points}
     */
    public static Finding higher(String place, String statement, Side high, Side low, String unit) {
        Welch test = Welch.of(high.sample(), low.sample());
        Verdict verdict = switch (test.sign(STANDARD_ERRORS)) {
            case 1 -> Verdict.AGREES;
            case -1 -> Verdict.DIFFERS;
            default -> Verdict.NOT_ENOUGH_RUNS;
        };
        return of(place, statement, verdict, high, low, test, unit);
    }

    /** The statement that the first is not higher: it fails where the first is higher by as much as {@link #higher} asks for. */
    public static Finding notHigher(String place, String statement, Side first, Side second, String unit) {
        Welch test = Welch.of(first.sample(), second.sample());
        Verdict verdict = !test.isDefined()
                ? Verdict.NOT_ENOUGH_RUNS
                : test.sign(STANDARD_ERRORS) > 0 ? Verdict.DIFFERS : Verdict.AGREES;
        return of(place, statement, verdict, first, second, test, unit);
    }

    private static Finding of(
            String place, String statement, Verdict verdict, Side a, Side b, Welch test, String unit) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("difference", test.difference());
        numbers.put("standard_error", test.standardError());
        numbers.put("standard_errors", test.t());
        numbers.put("degrees_of_freedom", test.degreesOfFreedom());
        numbers.put("chance", test.chance());
        numbers.put("low", test.low());
        numbers.put("high", test.high());
        numbers.put("n_first", (double) a.sample().n());
        numbers.put("n_second", (double) b.sample().n());
        String means = String.format(
                Locale.ROOT,
                "%s %.2f, %s %.2f (n = %d and %d): %+.2f %s",
                a.name(),
                a.sample().mean(),
                b.name(),
                b.sample().mean(),
                a.sample().n(),
                b.sample().n(),
                test.difference(),
                unit);
        String sure = test.isDefined()
                ? String.format(
                        Locale.ROOT,
                        ", %.1f standard errors, between %+.2f and %+.2f with 95 %% confidence, by chance alone with p %s",
                        test.t(),
                        test.low(),
                        test.high(),
                        test.chance() < 1e-4 ? "< 0.0001" : String.format(Locale.ROOT, "= %.4f", test.chance()))
                : Math.min(a.sample().n(), b.sample().n()) < 2
                        ? "; how sure that is takes at least two runs of each"
                        : "; no run differs from another of its kind, so nothing can be said";
        return new Finding(place, statement, verdict, means + sure, numbers);
    }
}
