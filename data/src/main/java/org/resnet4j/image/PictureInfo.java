package org.resnet4j.image;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * What a picture's file is before it becomes 8-bit RGB, read from its headers alone.
 *
 * @param kind JPEG, PNG, GIF, BMP or WebP, by content
 * @param traits what is lost or changed when it becomes 8-bit RGB
 */
public record PictureInfo(String kind, Set<Trait> traits) {
    /** What makes a file's pixels other than 8-bit RGB. */
    public enum Trait {
        /** One channel. */
        GREY("grey"),
        /** Four inks, as for printing. */
        CMYK("CMYK"),
        /** A list of colours, and an index for each pixel. */
        PALETTE("palette"),
        /** Transparency, which is dropped. */
        ALPHA("alpha"),
        /** More than 8 bits a channel, of which the high 8 are kept. */
        SIXTEEN_BIT("16-bit"),
        /** EXIF asks for a rotation or a mirror, which training and evaluation ignore unless told otherwise. */
        TURNED("turned by EXIF");

        private final String title;

        Trait(String title) {
            this.title = title;
        }

        @Override
        public String toString() {
            return title;
        }
    }

    /** Copies the set. */
    public PictureInfo {
        traits = traits.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(traits));
    }

    /**
     * What the headers in these bytes say; {@code name} stands in errors.
     *
     * @throws ImageException if they are no picture's, or are damaged
     */
    public static PictureInfo of(byte[] bytes, String name) throws ImageException {
        Source source = new Source(bytes, name, ReadOptions.DEFAULT);
        ImageKind kind = ImageKind.of(source)
                .orElseThrow(() -> source.error("not a picture that is read, found " + ImageKind.guess(source)));
        EnumSet<Trait> traits = EnumSet.noneOf(Trait.class);
        switch (kind) {
            case JPEG -> jpeg(source, traits);
            case PNG -> png(source, traits);
            case GIF -> traits.add(Trait.PALETTE);
            case BMP -> bmp(source, traits);
            case WEBP -> webp(source, traits);
        }
        return new PictureInfo(kind.title(), traits);
    }

    private static void jpeg(Source source, Set<Trait> traits) throws ImageException {
        JpegHeader header = JpegHeader.read(source);
        switch (header.colours()) {
            case GREY -> traits.add(Trait.GREY);
            case CMYK, YCCK -> traits.add(Trait.CMYK);
            case RGB, YCC -> {} // what training sees
        }
        if (Exif.orientation(source, header.exif()) != Orientation.NONE) {
            traits.add(Trait.TURNED);
        }
    }

    private static void png(Source source, Set<Trait> traits) throws ImageException {
        int depth = source.u8(24);
        int type = source.u8(25);
        if (depth == 16) {
            traits.add(Trait.SIXTEEN_BIT);
        }
        if (type == 0 || type == 4) {
            traits.add(Trait.GREY);
        }
        if (type == 3) {
            traits.add(Trait.PALETTE);
        }
        if (type == 4 || type == 6) {
            traits.add(Trait.ALPHA);
        }
        long at = 8;
        while (!source.matches(at + 4, "IDAT") && !source.matches(at + 4, "IEND")) {
            if (source.matches(at + 4, "tRNS")) {
                traits.add(Trait.ALPHA);
            }
            long length = source.u32(at);
            source.require(at, length + 12);
            at += length + 12;
        }
    }

    private static void bmp(Source source, Set<Trait> traits) throws ImageException {
        int bits = source.u16le(source.u32le(14) == 12 ? 24 : 28);
        if (bits <= 8) {
            traits.add(Trait.PALETTE);
        }
    }

    private static void webp(Source source, Set<Trait> traits) throws ImageException {
        boolean extended = source.matches(12, "VP8X") && (source.u8(20) & 0x10) != 0;
        boolean lossless = source.matches(12, "VP8L") && (source.u32le(21) >> 28 & 1) != 0;
        if (extended || lossless) {
            traits.add(Trait.ALPHA);
        }
    }

    /** Of an ending of a file name: true if pictures of this kind are called so. */
    public boolean fits(String ending) {
        String e = ending.toLowerCase(Locale.ROOT);
        return kind.equals("JPEG") ? e.equals("jpg") || e.equals("jpeg") : e.equals(kind.toLowerCase(Locale.ROOT));
    }
}
