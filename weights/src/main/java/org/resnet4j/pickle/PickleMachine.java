package org.resnet4j.pickle;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.weights.Limits;

/**
 * The stack machine that a pickle is a program for, without its power: values are those of {@link Value}, names those of
 * {@link Allowed}, calls those of {@link Builder}. Opcodes as in Python's {@code pickletools}, protocols 2 to 5. One run, one
 * object.
 */
final class PickleMachine {
    /** Takes the place of values that no PUT has filled. */
    private static final Object EMPTY = new Object();

    private final PickleInput in;
    private final Limits limits;
    private final Builder builder;
    private final List<@Nullable Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final List<@Nullable Object> memo = new ArrayList<>();
    private long made;

    private PickleMachine(PickleInput in, Limits limits, Map<String, Value.Storage> storages) {
        this.in = in;
        this.limits = limits;
        this.builder = new Builder(in, limits, storages);
    }

    /** Runs one pickle up to its STOP and gives what it leaves on the stack. */
    static @Nullable Object run(PickleInput in, Limits limits) throws IOException {
        return run(in, limits, new HashMap<>());
    }

    /** The same, and notes in {@code storages} what the pickle refers to. */
    static @Nullable Object run(PickleInput in, Limits limits, Map<String, Value.Storage> storages) throws IOException {
        PickleMachine machine = new PickleMachine(in, limits, storages);
        int op = in.u8();
        while (op != '.') {
            machine.step(op);
            op = in.u8();
        }
        Object result = machine.pop();
        if (!machine.stack.isEmpty() || !machine.marks.isEmpty()) {
            throw in.refuse("STOP must find one value, found " + (machine.stack.size() + 1) + " and "
                    + machine.marks.size() + " marks");
        }
        return result;
    }

    private void step(int op) throws IOException {
        switch (op) {
            case 0x80 -> protocol(in.u8());
            case 0x95 -> in.little(8); // FRAME: a hint for buffers, without meaning
            case '(' -> mark();
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(top());
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'K' -> pushNew((long) in.u8());
            case 'M' -> pushNew(in.little(2));
            case 'J' -> pushNew((long) (int) in.little(4));
            case 0x8a -> pushNew(integer(in.u8()));
            case 0x8b -> pushNew(integer(in.little(4)));
            case 'G' -> pushNew(in.bigEndianDouble());
            case 'X' -> pushNew(in.text(in.little(4)));
            case 0x8c -> pushNew(in.text(in.u8()));
            case 0x8d -> pushNew(in.text(in.little(8)));
            case 'B' -> pushNew(in.bytes(in.little(4)));
            case 'C' -> pushNew(in.bytes(in.u8()));
            case 0x8e, 0x96 -> pushNew(in.bytes(in.little(8)));
            case ')' -> pushNew(new Value.Tuple(List.of()));
            case 't' -> pushNew(new Value.Tuple(popToMark()));
            case 0x85 -> pushNew(new Value.Tuple(pop(1)));
            case 0x86 -> pushNew(new Value.Tuple(pop(2)));
            case 0x87 -> pushNew(new Value.Tuple(pop(3)));
            case ']', 0x8f -> pushNew(new Value.Sequence());
            case '}' -> pushNew(new Value.Dict(null));
            case 0x91 -> {
                Value.Sequence frozen = new Value.Sequence();
                frozen.items.addAll(popToMark());
                pushNew(frozen);
            }
            case 'a' -> append(pop(1));
            case 'e', 0x90 -> append(popToMark());
            case 's' -> setItems(pop(2));
            case 'u' -> setItems(popToMark());
            case 'q' -> put(in.u8());
            case 'r' -> put(in.little(4));
            case 0x94 -> put(memo.size());
            case 'h' -> push(get(in.u8()));
            case 'j' -> push(get(in.little(4)));
            case 'c' -> push(builder.name(in.line(), in.line()));
            case 0x93 -> {
                List<@Nullable Object> names = pop(2);
                push(builder.name(string(names.get(0), "a module"), string(names.get(1), "a name")));
            }
            case 'Q' -> pushNew(builder.storage(pop()));
            case 'R' -> {
                List<@Nullable Object> call = pop(2);
                pushNew(builder.call(call.get(0), call.get(1)));
            }
            case 0x81 -> {
                List<@Nullable Object> call = pop(2);
                pushNew(builder.instance(call.get(0), call.get(1)));
            }
            case 'b' -> {
                Object state = pop();
                builder.build(top(), state);
            }
            default -> throw refusedOpcode(op);
        }
    }

    private void protocol(int version) throws PickleException {
        if (version < 2 || version > 5) {
            throw in.refuse("protocols 2 to 5 are read, found " + version);
        }
    }

    /** The opcodes that can do more than plain values need; the name that such a one asks for is part of the message. */
    private PickleException refusedOpcode(int op) throws IOException {
        String name = switch (op) {
            case 'i' -> "INST, which makes an object of " + PickleInput.quote(in.line() + "." + in.line());
            case 'o' -> "OBJ, which makes an object of " + Value.describe(firstAboveMark());
            case 0x92 -> "NEWOBJ_EX, which makes an object with named arguments";
            case 0x82 -> "EXT1, which takes a name from Python's registry of extensions";
            case 0x83 -> "EXT2, which takes a name from Python's registry of extensions";
            case 0x84 -> "EXT4, which takes a name from Python's registry of extensions";
            case 'P' -> "PERSID, a reference of protocol 0";
            case 0x97, 0x98 -> "a buffer outside the pickle";
            case 'I', 'L', 'F', 'S', 'U', 'T', 'V', 'p', 'g', 'l', 'd' ->
                "'" + (char) op + "' of protocol 0 or 1, which torch.save does not write";
            default -> "0x" + Integer.toHexString(op) + ", which pickles do not have";
        };
        return in.refuse("the opcode is not read: " + name);
    }

    private @Nullable Object firstAboveMark() throws PickleException {
        List<@Nullable Object> items = popToMark();
        return items.isEmpty() ? null : items.getFirst();
    }

    private Number integer(long bytes) throws IOException {
        if (bytes > 255) {
            throw in.refuse("a whole number has at most 255 bytes here, found " + bytes);
        }
        if (bytes <= Long.BYTES) {
            int shift = (int) (Long.BYTES - bytes) * Byte.SIZE;
            return bytes == 0 ? 0L : in.little((int) bytes) << shift >> shift;
        }
        byte[] b = in.bytes(bytes);
        for (int i = 0, j = b.length - 1; i < j; i++, j--) {
            byte swap = b[i];
            b[i] = b[j];
            b[j] = swap;
        }
        return new BigInteger(b);
    }

    private String string(@Nullable Object value, String what) throws PickleException {
        if (value instanceof String s) {
            return s;
        }
        throw in.refuse(what + " must be a text, found " + Value.describe(value));
    }

    private void charge(int weight) throws PickleException {
        made += weight;
        if (made > limits.values()) {
            throw in.refuse("at most " + limits.values() + " values are made of a pickle (Limits.values)");
        }
    }

    private void mark() throws PickleException {
        charge(1);
        marks.add(stack.size());
    }

    private void pushNew(@Nullable Object value) throws PickleException {
        // Weights after the memory that a value takes, so that the limit bounds the heap whatever is made.
        charge(
                switch (value) {
                    case Value.Dict d -> 3 + 2 * d.entries.size();
                    case Value.Sequence _ -> 3;
                    case String _, byte[] _ -> 2;
                    case null, default -> 1;
                });
        push(value);
    }

    private void push(@Nullable Object value) throws PickleException {
        if (stack.size() >= limits.values()) {
            throw in.refuse("the stack holds at most " + limits.values() + " values (Limits.values)");
        }
        stack.add(value);
    }

    /** Where the values begin that may be taken: those below the last mark belong to it. */
    private int floor() {
        return marks.isEmpty() ? 0 : marks.getLast();
    }

    private @Nullable Object top() throws PickleException {
        if (stack.size() <= floor()) {
            throw in.refuse("the stack has no value to take");
        }
        return stack.getLast();
    }

    private @Nullable Object pop() throws PickleException {
        Object value = top();
        stack.removeLast();
        return value;
    }

    private List<@Nullable Object> pop(int n) throws PickleException {
        if (stack.size() - n < floor()) {
            throw in.refuse("the stack has fewer than " + n + " values to take");
        }
        return take(stack.size() - n);
    }

    private List<@Nullable Object> popToMark() throws PickleException {
        if (marks.isEmpty()) {
            throw in.refuse("the stack has no mark");
        }
        return take(marks.removeLast());
    }

    private List<@Nullable Object> take(int from) throws PickleException {
        charge(stack.size() - from);
        List<@Nullable Object> tail = stack.subList(from, stack.size());
        List<@Nullable Object> items = new ArrayList<>(tail);
        tail.clear();
        return items;
    }

    private void append(List<@Nullable Object> items) throws PickleException {
        if (!(top() instanceof Value.Sequence list)) {
            throw in.refuse("only a list or a set can be appended to, found " + Value.describe(top()));
        }
        list.items.addAll(items);
    }

    private void setItems(List<@Nullable Object> items) throws PickleException {
        if (!(top() instanceof Value.Dict dict)) {
            throw in.refuse("items can be set in a dictionary only, found " + Value.describe(top()));
        }
        if (items.size() % 2 != 0) {
            throw in.refuse("items are pairs, found " + items.size() + " values");
        }
        for (int i = 0; i < items.size(); i += 2) {
            builder.setItem(dict, items.get(i), items.get(i + 1));
        }
    }

    private void put(long index) throws PickleException {
        if (index >= limits.values()) {
            throw in.refuse("the memo has at most " + limits.values() + " places, found number " + index);
        }
        Object value = top();
        while (memo.size() <= index) {
            memo.add(EMPTY);
        }
        memo.set((int) index, value);
    }

    private @Nullable Object get(long index) throws PickleException {
        Object value = index < memo.size() ? memo.get((int) index) : EMPTY;
        if (value == EMPTY) {
            throw in.refuse("the memo has nothing at number " + index);
        }
        return value;
    }
}
