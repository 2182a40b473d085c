package org.resnet4j.onednn.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every bound signature against the prototype in oneDNN's own header: a wrong letter would corrupt the stack silently. */
final class HeaderTest {
    private static final Path HEADERS = Path.of("target", "headers");

    @TestFactory
    Stream<DynamicTest> everySignatureIsThatOfTheHeader() throws IOException {
        String text = withoutComments("dnnl_common.h") + withoutComments("dnnl.h");
        return Arrays.stream(Function.values())
                .filter(f -> f.symbol().startsWith("dnnl_"))
                .map(f -> DynamicTest.dynamicTest(
                        f.symbol(), () -> assertThat(f.signature()).isEqualTo(prototype(text, f.symbol()))));
    }

    private static String withoutComments(String file) throws IOException {
        return Files.readString(HEADERS.resolve(file))
                .replaceAll("(?s)/\\*.*?\\*/", " ")
                .replaceAll("//[^\\n]*", " ");
    }

    private static String prototype(String text, String symbol) {
        Matcher m = Pattern.compile("([\\w\\s*]+?)\\b" + symbol + "\\s*\\(([^)]*)\\)\\s*;")
                .matcher(text);
        assertThat(m.find()).as(symbol + " is declared").isTrue();
        String parameters = m.group(2).strip();
        return letter(m.group(1))
                + (parameters.isEmpty() || parameters.equals("void")
                        ? ""
                        : Arrays.stream(parameters.split(","))
                                .map(HeaderTest::letter)
                                .collect(Collectors.joining()));
    }

    private static String letter(String c) {
        // A handle type ends in _t and names an object; arrays of dimensions decay to pointers.
        if (c.contains("*")
                || c.matches(
                        "(?s).*\\b(const_)?dnnl_(engine|stream|memory|memory_desc|primitive|primitive_desc|primitive_attr"
                                + "|post_ops)_t\\b.*")
                || c.contains("dnnl_dims_t")) {
            return "p";
        }
        if (c.contains("size_t") || c.contains("dnnl_dim_t")) {
            return "l";
        }
        return c.contains("float") ? "f" : "i";
    }
}
