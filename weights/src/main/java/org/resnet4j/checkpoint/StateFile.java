package org.resnet4j.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;

/**
 * A checkpoint's {@code state.json}: {@code format}, {@code step}, {@code sha256} of the other files, what the trainer adds, and
 * last {@code seal}, the SHA-256 of every byte before it. Format 1 had no seal and is read still.
 *
 * @param step of the checkpoint
 * @param hashes SHA-256 by file name
 * @param state all members but the seal
 */
record StateFile(long step, Map<String, @Nullable Object> hashes, Map<String, @Nullable Object> state) {
    static final String NAME = "state.json";
    static final long FORMAT = 2;

    private static final List<String> OURS = List.of("format", "step", "sha256", "seal");
    private static final String SEAL = ",\"seal\":\"";
    private static final String END = "\"}\n";
    private static final long MAX_BYTES = 16L << 20;

    /** The file's bytes. */
    static byte[] write(long step, Map<String, String> hashes, Map<String, @Nullable Object> state) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("format", FORMAT);
        all.put("step", step);
        all.put("sha256", hashes);
        state.forEach((name, value) -> {
            if (OURS.contains(name)) {
                throw new IllegalArgumentException("a state may not use the name " + name);
            }
            all.put(name, value);
        });
        return seal(Json.write(all));
    }

    static byte[] seal(String object) {
        byte[] body = object.substring(0, object.length() - 1).getBytes(StandardCharsets.UTF_8);
        byte[] end = seal(body, body.length).getBytes(StandardCharsets.US_ASCII);
        byte[] sealed = Arrays.copyOf(body, body.length + end.length);
        System.arraycopy(end, 0, sealed, body.length, end.length);
        return sealed;
    }

    private static String seal(byte[] bytes, int length) {
        return SEAL + Sha256.of(bytes, length) + END;
    }

    /**
     * Reads and checks it.
     *
     * @throws NewerFormatException if it is sound and of a newer program
     * @throws IOException if it is damaged
     */
    static StateFile read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new CheckpointException(NAME + " may have at most " + MAX_BYTES + " bytes, found " + size);
        }
        byte[] bytes = Files.readAllBytes(file);
        Map<String, @Nullable Object> state = new LinkedHashMap<>(Json.parseObject(decode(bytes)));
        if (!(state.get("format") instanceof Long format)
                || !(state.get("step") instanceof Long step)
                || format < 1
                || step < 0) {
            throw new JsonException(NAME + " must have a format of at least 1 and a step of at least 0");
        }
        if (format > 1) {
            requireSeal(bytes);
        }
        if (format > FORMAT) {
            throw new NewerFormatException(format);
        }
        state.remove("seal");
        return new StateFile(step, Json.object(state.get("sha256"), "sha256"), state);
    }

    private static String decode(byte[] bytes) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(NAME + " is damaged: it is not UTF-8", e);
        }
    }

    private static void requireSeal(byte[] bytes) throws CheckpointException {
        int body = bytes.length - SEAL.length() - Sha256.DIGITS - END.length();
        if (body < 0
                || !seal(bytes, body)
                        .equals(new String(bytes, body, bytes.length - body, StandardCharsets.ISO_8859_1))) {
            throw new CheckpointException(NAME + " is damaged: its seal is not the SHA-256 of what it says");
        }
    }

    /** Written by a program that knows more than this one; not to be passed over in silence. */
    static final class NewerFormatException extends IOException {
        private static final long serialVersionUID = 1L;

        NewerFormatException(long found) {
            super("its format is " + found + ", this program knows " + FORMAT + "; use a newer program");
        }
    }
}
