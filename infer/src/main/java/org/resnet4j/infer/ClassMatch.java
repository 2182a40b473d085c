package org.resnet4j.infer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.zoo.ImageNetClasses;

/**
 * Which logit belongs to each class of a data set. Classes in another order give plausible numbers that are all wrong, so
 * nothing is guessed: names are the same in the same order, or WordNet ids, which say themselves what they are, or there is
 * nothing but a number of classes, and it is the same.
 *
 * @param logits of the data set's classes, in its order
 * @param names of all logits, for people
 * @param notes what was assumed, a sentence each
 */
public record ClassMatch(List<Integer> logits, List<String> names, List<String> notes) {
    private static final int SHOWN = 3;

    /** Copies the lists. */
    public ClassMatch {
        logits = List.copyOf(logits);
        names = List.copyOf(names);
        notes = List.copyOf(notes);
    }

    /** A mismatch between what a model answers and what a data set asks. */
    public static final class MismatchException extends IOException {
        private static final long serialVersionUID = 1L;

        MismatchException(String message) {
            super(message);
        }
    }

    /** The match of a model and a data set's classes. */
    public static ClassMatch of(Pretrained model, List<String> data) throws MismatchException {
        return of(
                model.spec().name(),
                model.spec().classes(),
                model.namesClasses() ? Optional.of(model.classNames()) : Optional.empty(),
                data);
    }

    /**
     * The match.
     *
     * @param model for messages
     * @param outputs how many logits it has
     * @param known their names, if the model says them
     * @param data names of the data set's classes
     * @throws MismatchException if there is none; it shows where the two lists begin to differ
     */
    public static ClassMatch of(String model, int outputs, Optional<List<String>> known, List<String> data)
            throws MismatchException {
        if (known.isPresent() && known.get().equals(data)) {
            return new ClassMatch(range(outputs), data, List.of());
        }
        if (!data.isEmpty() && data.stream().allMatch(ImageNetClasses::isWnid)) {
            Optional<ClassMatch> match = byWnid(model, outputs, known, data);
            if (match.isPresent()) {
                return match.get();
            }
        }
        if (known.isPresent()) {
            throw differ(model, known.get(), data);
        }
        if (data.size() != outputs) {
            throw new MismatchException(model + " has " + outputs + " outputs and names no classes, the data has "
                    + data.size() + " classes: " + first(data, 0));
        }
        return new ClassMatch(
                range(outputs),
                data,
                List.of("the weights name no classes: took the data's " + outputs + " in its order"));
    }

    /**
     * The match where the data's classes are numbers of logits.
     *
     * @throws MismatchException if one is no number, or none of the model's
     */
    public static ClassMatch byNumber(Pretrained model, List<String> data) throws MismatchException {
        int outputs = model.spec().classes();
        List<Integer> logits = new ArrayList<>();
        for (String name : data) {
            if (!name.matches("\\d{1,9}") || Integer.parseInt(name) >= outputs) {
                throw new MismatchException(
                        model.spec().name() + " has the classes 0 to " + (outputs - 1) + ", the labels have " + name);
            }
            logits.add(Integer.parseInt(name));
        }
        boolean imageNet =
                !model.namesClasses() && outputs == ImageNetClasses.all().size();
        return new ClassMatch(
                logits,
                imageNet ? words() : model.classNames(),
                List.of("the labels are numbers: took them for those of the model's outputs"));
    }

    private static Optional<ClassMatch> byWnid(
            String model, int outputs, Optional<List<String>> known, List<String> data) throws MismatchException {
        boolean ids = known.isPresent() && known.get().stream().allMatch(ImageNetClasses::isWnid);
        boolean imageNet =
                outputs == ImageNetClasses.all().size() && (known.isEmpty() || ImageNetClasses.are(known.get()));
        if (!ids && !imageNet) {
            return Optional.empty();
        }
        Map<String, Integer> indices = new HashMap<>();
        if (ids) {
            known.get().forEach(n -> indices.put(n, indices.size()));
        } else {
            ImageNetClasses.all().forEach(e -> indices.put(e.wnid(), e.index()));
        }
        List<Integer> logits = new ArrayList<>();
        for (String wnid : data) {
            Integer index = indices.get(wnid);
            if (index == null) {
                throw new MismatchException(
                        model + ": the data's class " + wnid + " is none of the model's " + outputs + " WordNet ids");
            }
            logits.add(index);
        }
        List<String> notes = new ArrayList<>();
        if (known.isEmpty()) {
            notes.add("the weights name none of their 1000 classes: took ILSVRC's in its order");
        }
        notes.add(data.size() + " of " + outputs + " classes, by WordNet id; answers may be any of the " + outputs);
        return Optional.of(new ClassMatch(logits, imageNet ? words() : known.get(), notes));
    }

    private static List<String> words() {
        return ImageNetClasses.all().stream().map(ImageNetClasses.Entry::name).toList();
    }

    private static List<Integer> range(int n) {
        return IntStream.range(0, n).boxed().toList();
    }

    private static MismatchException differ(String model, List<String> known, List<String> data) {
        int at = 0;
        while (at < Math.min(known.size(), data.size()) && known.get(at).equals(data.get(at))) {
            at++;
        }
        boolean sorted = known.size() == data.size() && known.containsAll(data);
        return new MismatchException(model + ": the model's " + known.size() + " classes and the data's " + data.size()
                + " differ from class " + at + " on: the model has " + first(known, at) + ", the data "
                + first(data, at)
                + (sorted ? "; the names are the same, the order is not: try --class-order" : ""));
    }

    private static String first(List<String> names, int from) {
        return names.subList(from, Math.min(names.size(), from + SHOWN)) + (names.size() > from + SHOWN ? " ..." : "");
    }

    /** The logit of each sample's class. */
    public int[] labels(Dataset data) {
        return IntStream.range(0, data.size())
                .map(i -> logits.get(data.label(i)))
                .toArray();
    }
}
