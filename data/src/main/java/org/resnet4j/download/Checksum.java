package org.resnet4j.download;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.resnet4j.dataset.DataException;

/**
 * The hash that a publisher gave of a file.
 *
 * @param algorithm MD5, SHA-1 or SHA-256 of the bytes, or {@link #GIT_BLOB}
 * @param hex lower-case hexadecimal
 */
public record Checksum(String algorithm, String hex) {
    /** SHA-1 of {@code "blob "}, the length, a zero byte and the bytes: how git, and so the Hugging Face hub, names a small file. */
    public static final String GIT_BLOB = "git blob";

    /** Checks that the digits are as many as the algorithm gives. */
    public Checksum {
        int bytes = digest(algorithm).getDigestLength();
        if (!hex.matches("[0-9a-f]{" + 2 * bytes + "}")) {
            throw new IllegalArgumentException(
                    algorithm + " has " + 2 * bytes + " lower-case hexadecimal digits, found " + hex);
        }
    }

    /** The checksum of a file. */
    public static Checksum of(String algorithm, Path file) throws IOException {
        MessageDigest digest = digest(algorithm);
        if (algorithm.equals(GIT_BLOB)) {
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return new Checksum(algorithm, HexFormat.of().formatHex(digest.digest()));
    }

    /** The MD5 of bytes. */
    static String md5(byte[] bytes) {
        return HexFormat.of().formatHex(digest("MD5").digest(bytes));
    }

    /** Throws {@link DataException} unless the file has this checksum. */
    void require(Path file, String name) throws IOException {
        Checksum found = of(algorithm, file);
        if (!found.equals(this)) {
            throw new DataException(name + ": " + this + " is expected, found " + found.hex());
        }
    }

    private static MessageDigest digest(String algorithm) {
        String name = algorithm.equals(GIT_BLOB) ? "SHA-1" : algorithm;
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException("MD5, SHA-1, SHA-256 or " + GIT_BLOB + " is known, found " + name, e);
        }
    }

    @Override
    public String toString() {
        return algorithm + " " + hex;
    }
}
