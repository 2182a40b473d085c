package org.resnet4j.image;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a JPEG file says about itself, from one walk over all of it before any decoder sees it: so size, scans and kinds are refused
 * here, whichever decoder follows. ITU T.81; JFIF 1.02; Adobe's technical note 5116; the choice of colours is libjpeg's.
 *
 * @param width in pixels
 * @param height in pixels
 * @param colours what the components are
 * @param arithmetic coded arithmetically instead of by Huffman
 * @param exif the TIFF block of the first EXIF segment
 */
record JpegHeader(int width, int height, Colours colours, boolean arithmetic, Exif.@Nullable Block exif) {
    /** What the components of a frame are. */
    enum Colours {
        GREY,
        RGB,
        YCC,
        CMYK,
        YCCK;

        /** Components of a pixel. */
        int count() {
            return switch (this) {
                case GREY -> 1;
                case RGB, YCC -> 3;
                case CMYK, YCCK -> 4;
            };
        }
    }

    /** Walks over the file. */
    static JpegHeader read(Source source) throws ImageException {
        Walk walk = new Walk(source);
        JpegSegments segments = new JpegSegments(source);
        while (segments.next()) {
            walk.visit(segments);
        }
        return walk.finish();
    }

    private static final class Walk {
        private static final int NO_ADOBE = -1;

        private final Source source;
        private boolean begun;
        private int frame = -1;
        private int width;
        private int height;
        private int[] ids = {};
        /** Of the component that has the fewest. */
        private long blocks;

        private int scans;
        private long entropyBytes;
        private boolean jfif;
        private int adobe = NO_ADOBE;
        private Exif.@Nullable Block exif;

        Walk(Source source) {
            this.source = source;
        }

        void visit(JpegSegments s) throws ImageException {
            switch (s.marker()) {
                case JpegSegments.SOI -> {
                    if (begun) {
                        throw source.error("a second JPEG begins inside of the first, at byte " + s.begin());
                    }
                    begun = true;
                }
                case JpegSegments.SOS -> scan(s);
                case JpegSegments.APP0 -> jfif |= s.length() >= 14 && source.matches(s.payload(), "JFIF\0");
                case JpegSegments.APP1 -> exif(s);
                case JpegSegments.APP14 -> {
                    if (s.length() >= 12 && source.matches(s.payload(), "Adobe")) {
                        adobe = source.u8(s.payload() + 11);
                    }
                }
                default -> {
                    if (isFrame(s.marker())) {
                        frame(s);
                    }
                }
            }
        }

        private static boolean isFrame(int marker) {
            return marker >= JpegSegments.SOF0
                    && marker <= JpegSegments.SOF15
                    && marker != JpegSegments.DHT
                    && marker != JpegSegments.JPG
                    && marker != JpegSegments.DAC;
        }

        private void exif(JpegSegments s) {
            if (exif == null && source.matches(s.payload(), "Exif\0") && s.length() > 6) {
                exif = new Exif.Block(s.payload() + 6, s.length() - 6);
            }
        }

        private void scan(JpegSegments s) throws ImageException {
            if (frame < 0) {
                throw source.error(
                        "a JPEG's frame header comes before its first scan, found a scan at byte " + s.begin());
            }
            scans++;
            if (scans > source.options().maxScans()) {
                throw source.error(
                        "a JPEG of at most " + source.options().maxScans() + " scans is read, this one has more");
            }
            entropyBytes += s.entropyLength();
        }

        private void frame(JpegSegments s) throws ImageException {
            if (frame >= 0) {
                throw source.error("a JPEG has one frame header, found a second at byte " + s.begin());
            }
            frame = s.marker() - JpegSegments.SOF0;
            String refused = switch (frame) {
                case 3, 11 -> "lossless JPEG is not read";
                case 5, 6, 7, 13, 14, 15 -> "hierarchical JPEG is not read";
                default -> null;
            };
            if (refused != null) {
                throw source.error(refused + ": convert the picture to PNG");
            }
            int precision = source.u8(s.payload());
            if (precision != 8) {
                throw source.error(
                        "JPEG of 8 bits a sample is read, found " + precision + " bits: convert the picture to PNG");
            }
            height = source.u16(s.payload() + 1);
            width = source.u16(s.payload() + 3);
            source.requireSize(width, height);
            int components = source.u8(s.payload() + 5);
            if ((components != 1 && components != 3 && components != 4) || s.length() != 6 + 3 * components) {
                throw source.error("JPEG of 1, 3 or 4 components is read, found " + components
                        + " in a frame header of " + (s.length() + 2) + " bytes");
            }
            ids = new int[components];
            int[] across = new int[components];
            int[] down = new int[components];
            for (int c = 0; c < components; c++) {
                int at = s.payload() + 6 + 3 * c;
                ids[c] = source.u8(at);
                across[c] = sampling(source.u8(at + 1) >> 4);
                down[c] = sampling(source.u8(at + 1) & 15);
            }
            blocks = Long.MAX_VALUE;
            for (int c = 0; c < components; c++) {
                blocks = Math.min(blocks, blocks(width, across[c], max(across)) * blocks(height, down[c], max(down)));
            }
        }

        private int sampling(int factor) throws ImageException {
            if (factor < 1 || factor > 4) {
                throw source.error("the sampling of a JPEG's component is 1 to 4 each way, found " + factor);
            }
            return factor;
        }

        private static int max(int[] factors) {
            return Arrays.stream(factors).max().orElseThrow();
        }

        /** Blocks of 8 pixels along a side of which a component has {@code factor} of {@code most} samples. */
        private static long blocks(int side, int factor, int most) {
            return Math.ceilDiv(Math.ceilDiv(side * factor, most), 8);
        }

        JpegHeader finish() throws ImageException {
            if (scans == 0) {
                throw source.error("the JPEG has no scan: no picture is in it");
            }
            boolean arithmetic = frame == 9 || frame == 10;
            // A Huffman code has at least one bit and every block of a coded component at least one code: what is
            // shorter is cut off, and
            // would take memory for nothing.
            if (!arithmetic && entropyBytes < blocks / 8) {
                throw source.error("the file is truncated: " + width + "x" + height + " pixels take more than the "
                        + entropyBytes + " bytes of data that are there");
            }
            return new JpegHeader(width, height, colours(), arithmetic, exif);
        }

        /** {@code default_decompress_parms} of libjpeg's {@code jdapimin.c}. */
        private Colours colours() {
            return switch (ids.length) {
                case 1 -> Colours.GREY;
                case 3 -> isRgb() ? Colours.RGB : Colours.YCC;
                default -> adobe == NO_ADOBE || adobe == 0 ? Colours.CMYK : Colours.YCCK;
            };
        }

        private boolean isRgb() {
            if (jfif) {
                return false;
            }
            return adobe == NO_ADOBE ? ids[0] == 'R' && ids[1] == 'G' && ids[2] == 'B' : adobe == 0;
        }
    }
}
