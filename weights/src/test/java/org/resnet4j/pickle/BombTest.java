package org.resnet4j.pickle;

import static org.resnet4j.pickle.Hostile.refused;
import static org.resnet4j.pickle.Hostile.refusedInBoth;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.testkit.PickleWriter;
import org.resnet4j.testkit.TorchFiles;

/** PKL-10: pickles that want all the memory or all the time. The time limit is against hanging, not a measurement. */
@Timeout(60)
final class BombTest {
    @TempDir
    Path folder;

    /** Each list holds the one before twice; whoever walks or prints it never comes back. */
    @Test
    void doublingLists() throws IOException {
        PickleWriter p = PickleWriter.protocol2().op(']', 'q', 0);
        for (int i = 1; i < 200; i++) {
            p.op('0', ']', '(', 'h', i - 1, 'h', i - 1, 'e', 'q', i);
        }
        refused(folder, TorchFiles.zip(p.stop().toBytes(), Map.of()), "expected, found a list of 2");
    }

    /** A list in itself, as a key, as a result, in a tuple, in a dictionary: none may be hashed, compared or printed. */
    @Test
    void cycles() throws IOException {
        refusedInBoth(
                folder,
                PickleWriter.protocol2()
                        .op('}', ']', 'q', 0, 'h', 0, 'a', 'N', 's')
                        .stop()
                        .toBytes(),
                "key");
        byte[] itself =
                PickleWriter.protocol2().op(']', 'q', 0, 'h', 0, 'a').stop().toBytes();
        refused(folder, TorchFiles.zip(itself, Map.of()), "a dictionary of tensors is expected, found a list of 1");
        byte[] dict = PickleWriter.protocol2()
                .op('}', 'q', 0)
                .text("state_dict")
                .op('h', 0, 's')
                .stop()
                .toBytes();
        refused(folder, TorchFiles.zip(dict, Map.of()), "no dictionary of tensors");
    }

    /** Keys of two kinds with one hash would make every insertion search all of them. */
    @Test
    void keysOfTwoKinds() throws IOException {
        refusedInBoth(
                folder,
                PickleWriter.protocol2()
                        .op('}', '(')
                        .text("a")
                        .op('N')
                        .integer(97)
                        .op('N', 'u')
                        .stop()
                        .toBytes(),
                "keys of a dictionary must be of one kind");
    }

    @ParameterizedTest
    @ValueSource(ints = {'(', ']', '}', ')', 'N', 0x88, '2'})
    void tenMillionOfOneOpcode(int op) throws IOException {
        byte[] many = new byte[10_000_000];
        Arrays.fill(many, (byte) op);
        refusedInBoth(
                folder, PickleWriter.protocol2().text("x").raw(many).stop().toBytes(), "at most 1500000 values");
    }

    @Test
    void tenMillionTuples() throws IOException {
        byte[] many = new byte[10_000_000];
        Arrays.fill(many, (byte) 0x85);
        refusedInBoth(
                folder, PickleWriter.protocol2().text("x").raw(many).stop().toBytes(), "at most 1500000 values");
    }

    /** One byte pushes a large dictionary; three copy it. */
    @Test
    void copiesOfALargeCounter() throws IOException {
        PickleWriter p = PickleWriter.protocol2().op('}', 'q', 0, '(');
        for (int i = 0; i < 100_000; i++) {
            p.integer(i).op('N');
        }
        p.op('u', '0').global("collections", "Counter").op('q', 1, '0');
        for (int i = 0; i < 100_000; i++) {
            p.op('h', 1, 'h', 0, 0x85, 'R', '0');
        }
        refusedInBoth(folder, p.stop().toBytes(), "at most 1500000 values");
    }

    /** Tuples of many references, each of which costs the file two bytes once. */
    @Test
    void wideTuples() throws IOException {
        PickleWriter p = PickleWriter.protocol2().op(']', 'q', 0, '(');
        for (int i = 0; i < 400_000; i++) {
            p.op('h', 0);
        }
        p.op('t', 'q', 1);
        for (int i = 0; i < 200; i++) {
            p.op('(');
            for (int j = 0; j < 100_000; j++) {
                p.op('h', 1);
            }
            p.op('t');
        }
        refusedInBoth(folder, p.stop().toBytes(), "at most 1500000 values");
    }

    @Test
    void lengthsBeyondTheFile() throws IOException {
        refusedInBoth(
                folder, PickleWriter.protocol2().op(0x8b).little(1L << 31, 4).toBytes(), "255 bytes");
        refusedInBoth(folder, PickleWriter.protocol2().op(0x8b).little(-1, 4).toBytes(), "255 bytes");
        refusedInBoth(
                folder,
                PickleWriter.protocol2().op(0x8e).little(1L << 63, 8).toBytes(),
                "a length of 9223372036854775808");
        refusedInBoth(
                folder, PickleWriter.protocol2().op(0x8d).little(1L << 40, 8).toBytes(), "a length of 1099511627776");
        refusedInBoth(
                folder, PickleWriter.protocol2().op(0x96).little(-1, 8).toBytes(), "a length of 18446744073709551615");
        refusedInBoth(
                folder, PickleWriter.protocol2().op('X').little(0xffff_ffffL, 4).toBytes(), "a length of 4294967295");
        refusedInBoth(
                folder, PickleWriter.protocol2().op('B').little(0x7fff_ffffL, 4).toBytes(), "a length of 2147483647");
    }

    @Test
    void memoFarAway() throws IOException {
        refusedInBoth(
                folder,
                PickleWriter.protocol2()
                        .op('N', 'r')
                        .little(0xffff_ffffL, 4)
                        .stop()
                        .toBytes(),
                "memo");
        refusedInBoth(
                folder,
                PickleWriter.protocol2().op('j').little(0xffff_ffffL, 4).stop().toBytes(),
                "memo");
        refusedInBoth(folder, PickleWriter.protocol2().op('h', 7).stop().toBytes(), "memo");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "R", "t", "a", "e", "s", "u", "b", "0", "1", "2", "Q", "q\1", ".", "\u0081", "\u0085", "\u0087",
                "\u0093"
            })
    void emptyStack(String op) throws IOException {
        refusedInBoth(folder, PickleWriter.protocol2().raw(op).stop().toBytes(), "the stack");
    }

    @Test
    void endlessName() throws IOException {
        byte[] many = new byte[1_000_000];
        Arrays.fill(many, (byte) 'a');
        refusedInBoth(folder, PickleWriter.protocol2().op('c').raw(many).toBytes(), "1024 characters");
    }

    @Test
    void endsAnywhere() throws IOException {
        byte[] whole = PickleWriter.protocol2()
                .orderedDict()
                .op('(')
                .text("w")
                .tensor("FloatStorage", "0", 2, 0, new long[] {2}, new long[] {1})
                .op('u')
                .toBytes();
        for (int n = 0; n < whole.length; n++) {
            refusedInBoth(folder, Arrays.copyOf(whole, n), "");
        }
    }
}
