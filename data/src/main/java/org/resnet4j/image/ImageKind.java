package org.resnet4j.image;

import java.util.Optional;

/** What kind of picture a file holds, by its first bytes and never by its name. */
enum ImageKind {
    JPEG("JPEG") {
        @Override
        boolean matches(Source source) {
            return source.matches(0, "\u00ff\u00d8");
        }
    },
    PNG("PNG") {
        @Override
        boolean matches(Source source) {
            return source.matches(0, "\u0089PNG\r\n\u001a\n");
        }
    },
    GIF("GIF") {
        @Override
        boolean matches(Source source) {
            return source.matches(0, "GIF87a") || source.matches(0, "GIF89a");
        }
    },
    BMP("BMP") {
        @Override
        boolean matches(Source source) {
            return source.matches(0, "BM") && source.length() > 26;
        }
    },
    WEBP("WebP") {
        @Override
        boolean matches(Source source) {
            return source.matches(0, "RIFF") && source.matches(8, "WEBP");
        }
    };

    private final String title;

    ImageKind(String title) {
        this.title = title;
    }

    /** Its name, for people. */
    String title() {
        return title;
    }

    abstract boolean matches(Source source);

    /** The kind of this file. */
    static Optional<ImageKind> of(Source source) {
        for (ImageKind kind : values()) {
            if (kind.matches(source)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** What a file of no known kind may be, for the error. */
    static String guess(Source source) {
        if (source.length() == 0) {
            return "an empty file";
        }
        if (source.matches(0, "II*\0") || source.matches(0, "MM\0*")) {
            return "a TIFF picture";
        }
        if (source.matches(4, "ftyp")) {
            return "an AVIF or HEIC picture or a film";
        }
        if (source.matches(0, "<") || source.matches(0, "\u00ef\u00bb\u00bf<")) {
            return "HTML, SVG or other XML";
        }
        return source.length() + " other bytes";
    }
}
