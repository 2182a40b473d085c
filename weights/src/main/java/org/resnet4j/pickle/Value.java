package org.resnet4j.pickle;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The compound values that the interpreter makes, beside String, Long, BigInteger, Double, Boolean, {@code byte[]}, null and
 * {@link Allowed}. They may hold each other in any graph, cycles included: nothing walks them without a bound, and their
 * {@code equals}, {@code hashCode} and {@code toString} do not look inside.
 */
sealed interface Value {
    /** A fixed sequence. */
    final class Tuple implements Value {
        private final List<@Nullable Object> items;

        Tuple(List<@Nullable Object> items) {
            this.items = items;
        }

        int size() {
            return items.size();
        }

        @Nullable
        Object get(int i) {
            return items.get(i);
        }
    }

    /** A list, or a set (whose order is the file's). */
    final class Sequence implements Value {
        final List<@Nullable Object> items = new ArrayList<>(0);
    }

    /** A dictionary whose keys are plain values; {@code kind} is the class it was made from, or null for Python's own. */
    final class Dict implements Value {
        final SequencedMap<Object, @Nullable Object> entries = new LinkedHashMap<>(0);
        final @Nullable Allowed kind;

        Dict(@Nullable Allowed kind) {
            this.kind = kind;
        }
    }

    /** A record of an allowed class: its arguments and state, and no behaviour. */
    final class Inert implements Value {
        final Allowed of;
        final Tuple arguments;

        @Nullable
        Value state;

        Inert(Allowed of, Tuple arguments) {
            this.of = of;
            this.arguments = arguments;
        }
    }

    /**
     * Numbers in the file, in one row.
     *
     * @param type a storage of the allow-list
     * @param key which of the file's storages
     * @param elements how many
     * @param viewOffset where this view of it begins, in elements; 0 but in very old files
     * @param viewElements how many elements the view has
     */
    record Storage(Allowed type, String key, long elements, long viewOffset, long viewElements) implements Value {}

    /** A tensor: sizes and strides in elements, proved to lie inside the storage. */
    final class Tensor implements Value {
        final Storage storage;
        final long offset;
        final long[] size;
        final long[] stride;

        Tensor(Storage storage, long offset, long[] size, long[] stride) {
            this.storage = storage;
            this.offset = offset;
            this.size = size;
            this.stride = stride;
        }
    }

    /** What a value is, for messages; never what it holds. */
    static String describe(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case String s -> "the text " + PickleInput.quote(s);
            case Number n when !(n instanceof BigInteger) -> n.toString();
            case Number _ -> "a large number";
            case Boolean b -> b.toString();
            case byte[] b -> b.length + " bytes";
            case Tuple t -> "a tuple of " + t.size();
            case Sequence s -> "a list of " + s.items.size();
            case Dict d -> "a dictionary of " + d.entries.size();
            case Inert i -> "a record of " + i.of.fullName();
            case Storage s -> "a storage of " + s.elements() + " elements";
            case Tensor t -> "a tensor of " + t.size.length + " dimensions";
            case Allowed a -> "the name " + a.fullName();
            default -> "a " + value.getClass().getSimpleName();
        };
    }
}
