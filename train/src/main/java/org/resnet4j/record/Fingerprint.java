package org.resnet4j.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.resnet4j.dataset.DataException;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.image.Image;

/** Tells data sets apart by their content, wherever they lie. Stateless. */
public final class Fingerprint {
    /** Pictures that are looked at: decoding all of a large set would take minutes. */
    private static final int PICTURES = 64;

    private Fingerprint() {}

    /**
     * SHA-256 over the class names, every label, and the pixels of 64 pictures spread evenly over the set.
     *
     * @throws DataException if a label is no class
     */
    public static String of(Dataset data) throws IOException {
        MessageDigest digest = sha256();
        int classes = data.classNames().size();
        data.classNames().forEach(n -> text(digest, n));
        for (int i = 0; i < data.size(); i++) {
            int label = data.label(i);
            if (label < 0 || label >= classes) {
                throw new DataException(data.description() + ", sample " + i + ": a label must be in [0, " + classes
                        + "), found " + label);
            }
            number(digest, label);
        }
        int pictures = Math.min(PICTURES, data.size());
        for (int k = 0; k < pictures; k++) {
            Image image = data.image((int) ((long) k * data.size() / pictures));
            number(digest, image.width());
            number(digest, image.height());
            digest.update(image.rgb());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256 of a text, in lower-case hexadecimal. */
    public static String of(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static void text(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(digest, bytes.length);
        digest.update(bytes);
    }

    private static void number(MessageDigest digest, int n) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            digest.update((byte) (n >> shift));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
