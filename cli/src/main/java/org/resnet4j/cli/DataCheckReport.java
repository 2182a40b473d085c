package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.resnet4j.datacheck.DataCheck;
import org.resnet4j.datacheck.Finding;
import org.resnet4j.dataset.Dataset;
import org.resnet4j.image.Filter;
import org.resnet4j.image.Image;
import org.resnet4j.image.Resize;
import org.resnet4j.report.Page;

/**
 * What a check found, as one HTML file with small copies of the pictures; of each kind the first {@value #SHOWN}.
 *
 * @param check what was found
 * @param parts the data
 * @param text the same in words
 */
record DataCheckReport(DataCheck check, Map<String, Dataset> parts, DataCheckText text) {
    private static final int SHOWN = 24;
    private static final int PICTURES_OF_A_GROUP = 4;
    private static final int THUMBNAIL = 96;

    /** Writes the page. */
    void write(Path file) throws IOException {
        Page page = Page.titled("Check of " + check.parts().getFirst().description());
        check.parts().forEach(p -> page.paragraph(text.part(p)));
        if (check.findings().isEmpty()) {
            page.paragraph("Nothing was found.");
        } else {
            page.table(text.table());
        }
        for (Map.Entry<Finding.Kind, Integer> kind : check.counts().entrySet()) {
            page.heading(kind.getKey().title() + ": " + Main.grouped(kind.getValue()));
            List<Page.Card> cards = new ArrayList<>();
            int number = 0;
            for (Finding finding : check.findings()) {
                if (finding.kind() == kind.getKey() && number < SHOWN) {
                    number++;
                    boolean pictures = !finding.places().isEmpty() && kind.getKey() != Finding.Kind.UNREADABLE;
                    if (pictures) {
                        cards.addAll(cards(number, finding));
                    } else {
                        page.paragraph(text.sentence(finding));
                    }
                }
            }
            if (!cards.isEmpty()) {
                page.cards(cards);
            }
            if (kind.getValue() > SHOWN) {
                page.paragraph("And " + Main.grouped(kind.getValue() - SHOWN) + " more.");
            }
        }
        page.write(file);
    }

    /** The pictures of a finding; members of a group say its number. */
    private List<Page.Card> cards(int number, Finding finding) throws IOException {
        List<Page.Card> cards = new ArrayList<>();
        boolean group = finding.places().size() > 1;
        for (Finding.Place place : finding.places()
                .subList(0, Math.min(PICTURES_OF_A_GROUP, finding.places().size()))) {
            Dataset part = Objects.requireNonNull(parts.get(place.part()));
            List<String> words = List.of(
                    (group ? "group " + number + ": " : "") + finding.detail(),
                    place.part() + ", "
                            + place.file().map(f -> f.getFileName().toString()).orElse("sample " + place.index()));
            cards.add(new Page.Card(thumbnail(part.image(place.index())), place.className(), words, false));
        }
        return cards;
    }

    private static Image thumbnail(Image image) {
        int longer = Math.max(image.width(), image.height());
        if (longer <= THUMBNAIL) {
            return image;
        }
        int width = Math.max(1, (int) ((long) image.width() * THUMBNAIL / longer));
        int height = Math.max(1, (int) ((long) image.height() * THUMBNAIL / longer));
        return Resize.resize(image, width, height, Filter.BILINEAR);
    }
}
