package org.resnet4j.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.checkpoint.AtomicFile;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFile;

/** An HTML page, written from top to bottom. All texts are escaped. Not thread-safe. */
public final class Page {
    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #222; --line: #ddd; --wrong: #b00020; --right: #1b6e2b; --dim: #666; --page: #fff }
            @media (prefers-color-scheme: dark) { :root { --ink: #ddd; --line: #444; --wrong: #ff7b8a; --right: #7fd18b; --dim: #a0a0a0; --page: #181818 } }
            body { font: 15px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
              color: var(--ink); background: var(--page) }
            h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
            .wide { overflow-x: auto } table { border-collapse: collapse }
            td, th { padding: .15rem .6rem; text-align: right; border-bottom: 1px solid var(--line) }
            td:first-child, th:first-child { text-align: left }
            .cards { display: flex; flex-wrap: wrap; gap: 1rem } .card { width: 8rem; font-size: 13px; overflow-wrap: anywhere }
            .card img { width: 96px; height: 96px; image-rendering: pixelated; border: 1px solid var(--line) }
            .panels { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 1rem } figcaption, .small { font-size: 13px; color: var(--dim) }
            figure { margin: 1rem 0 } .badge { font-size: 13px; font-weight: 600; border: 1px solid; border-radius: .6rem;
              padding: .05rem .5rem; white-space: nowrap } .good { color: var(--right) } .open { color: var(--dim) }
            .texts td, .texts th { text-align: left; vertical-align: top }
            @media (max-width: 40rem) { .texts td:not(:has(.badge)) { min-width: 9rem } }
            .wrong { color: var(--wrong) } svg { max-width: 100%; height: auto }
            .chart text { fill: var(--ink) } .chart .grid { stroke: var(--line) } .chart .ink { stroke: var(--ink) }
            """;

    private final String title;
    private final StringBuilder body = new StringBuilder();

    private Page(String title) {
        this.title = title;
    }

    /** A page that begins with its title. */
    public static Page titled(String title) {
        return new Page(title);
    }

    /** A heading. */
    public Page heading(String text) {
        body.append("<h2>").append(escape(text)).append("</h2>\n");
        return this;
    }

    /** A paragraph. */
    public Page paragraph(String text) {
        body.append("<p>").append(escape(text)).append("</p>\n");
        return this;
    }

    /** A drawing, already in SVG. */
    public Page svg(String svg) {
        body.append(svg).append('\n');
        return this;
    }

    /** A smaller heading. */
    public Page subheading(String text) {
        body.append("<h3>").append(escape(text)).append("</h3>\n");
        return this;
    }

    /** Sentences, one a line. */
    public Page list(List<String> sentences) {
        body.append("<ul>\n");
        sentences.forEach(s -> body.append("<li>").append(escape(s)).append("</li>\n"));
        body.append("</ul>\n");
        return this;
    }

    /** Drawings side by side where there is room, with what they show below. */
    public Page figure(List<String> svgs, String caption) {
        body.append("<figure><div class=\"panels\">\n");
        svgs.forEach(svg -> body.append(svg).append('\n'));
        body.append("</div><figcaption>").append(escape(caption)).append("</figcaption></figure>\n");
        return this;
    }

    /** How a cell or a word is to be taken. */
    public enum Tone {
        /** As it should be. */
        GOOD,
        /** Not so. */
        WRONG,
        /** Neither. */
        OPEN;

        private String css() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A cell of a table.
     *
     * @param text in it
     * @param tone of a badge around it; null for plain text
     */
    public record Cell(String text, @Nullable Tone tone) {
        /** Plain text. */
        public static Cell of(String text) {
            return new Cell(text, null);
        }
    }

    /** A table of sentences, to be read from left to right; each row as long as {@code head}. */
    public Page sentences(List<String> head, List<List<Cell>> rows) {
        body.append("<div class=\"wide\"><table class=\"texts\">\n<tr>");
        head.forEach(h -> body.append("<th>").append(escape(h)).append("</th>"));
        body.append("</tr>\n");
        for (List<Cell> row : rows) {
            body.append("<tr>");
            for (Cell cell : row) {
                Tone tone = cell.tone();
                body.append("<td>")
                        .append(
                                tone == null
                                        ? escape(cell.text())
                                        : "<span class=\"badge " + tone.css() + "\">" + escape(cell.text()) + "</span>")
                        .append("</td>");
            }
            body.append("</tr>\n");
        }
        body.append("</table></div>\n");
        return this;
    }

    /** A table; the first row is its head. */
    public Page table(List<List<String>> rows) {
        body.append("<div class=\"wide\"><table>\n");
        for (int i = 0; i < rows.size(); i++) {
            String cell = i == 0 ? "th" : "td";
            body.append("<tr>");
            rows.get(i)
                    .forEach(c -> body.append('<')
                            .append(cell)
                            .append('>')
                            .append(escape(c))
                            .append("</")
                            .append(cell)
                            .append('>'));
            body.append("</tr>\n");
        }
        body.append("</table></div>\n");
        return this;
    }

    /** A table whose cells are shaded by their share of their row's sum: a confusion matrix. */
    public Page matrix(List<String> names, long[][] counts) {
        body.append("<div class=\"wide\"><table>\n<tr><th>is \\ taken for</th>");
        names.forEach(n -> body.append("<th>").append(escape(n)).append("</th>"));
        body.append("</tr>\n");
        for (int r = 0; r < counts.length; r++) {
            long sum = Math.max(1, Arrays.stream(counts[r]).sum());
            body.append("<tr><th>").append(escape(names.get(r))).append("</th>");
            for (int c = 0; c < counts[r].length; c++) {
                int percent = (int) (100 * counts[r][c] / sum);
                String colour = r == c ? "46,125,50" : "176,0,32";
                body.append("<td style=\"background: rgba(")
                        .append(colour)
                        .append(",0.")
                        .append(String.format(Locale.ROOT, "%02d", Math.min(99, percent)))
                        .append(")\">")
                        .append(counts[r][c])
                        .append("</td>");
            }
            body.append("</tr>\n");
        }
        body.append("</table></div>\n");
        return this;
    }

    /**
     * A picture with its caption.
     *
     * @param picture what was classified
     * @param truth its class
     * @param answers the likeliest classes in words
     * @param right true if the first is the truth
     */
    public record Card(Image picture, String truth, List<String> answers, boolean right) {}

    /** A picture at its own size; {@code text} is for who cannot see it. */
    public Page picture(Image picture, String text) {
        body.append("<img alt=\"")
                .append(escape(text))
                .append("\" src=\"")
                .append(png(picture))
                .append("\">\n");
        return this;
    }

    private static String png(Image picture) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(ImageFile.png(picture));
    }

    /** Pictures side by side. */
    public Page cards(List<Card> cards) {
        body.append("<div class=\"cards\">\n");
        for (Card card : cards) {
            body.append("<div class=\"card\"><img alt=\"\" src=\"data:image/png;base64,")
                    .append(Base64.getEncoder().encodeToString(ImageFile.png(card.picture())))
                    .append("\"><br><b>")
                    .append(escape(card.truth()))
                    .append("</b>");
            for (String answer : card.answers()) {
                body.append("<br><span class=\"")
                        .append(card.right() ? "right" : "wrong")
                        .append("\">")
                        .append(escape(answer))
                        .append("</span>");
            }
            body.append("</div>\n");
        }
        body.append("</div>\n");
        return this;
    }

    /** Writes the page, atomically. */
    public void write(Path file) throws IOException {
        AtomicFile.writeText(
                file,
                "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>" + escape(title)
                        + "</title>\n<style>\n" + STYLE + "</style>\n<h1>" + escape(title) + "</h1>\n" + body
                        + "</html>\n");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
