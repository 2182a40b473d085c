package org.resnet4j.onednn.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every bound signature against the prototype in oneDNN's own header: a wrong letter would corrupt the stack silently. */
final class HeaderTest {
    private static final Path HEADERS = Path.of("target", "headers");

    private static final Set<String> OPENMP =
            Set.of("omp_set_num_threads", "omp_get_max_threads", "omp_get_thread_num", "GOMP_parallel");

    @TestFactory
    Stream<DynamicTest> everySignatureIsThatOfTheHeader() throws IOException {
        String text = withoutComments("dnnl_common.h") + withoutComments("dnnl.h");
        return Arrays.stream(Function.values())
                .filter(f -> f.symbol().startsWith("dnnl_"))
                .map(f -> DynamicTest.dynamicTest(
                        f.symbol(), () -> assertThat(f.signature()).isEqualTo(prototype(text, f.symbol()))));
    }

    /** Nothing is bound that is compared with no header: OpenMP's are called below and in {@code TeamTest}, the rest is oneDNN's. */
    @Test
    void everySymbolIsOneOfTheHeadersOrOfOpenMp() {
        assertThat(Arrays.stream(Function.values()).map(Function::symbol))
                .doesNotHaveDuplicates()
                .allMatch(s -> s.startsWith("dnnl_") || OPENMP.contains(s));
        Library library = NativeFolder.open(Path.of("target", "natives"));
        int before = (int) library.call(Function.OMP_GET_MAX_THREADS);
        library.call(Function.OMP_SET_NUM_THREADS, 3);
        assertThat((int) library.call(Function.OMP_GET_MAX_THREADS)).isEqualTo(3);
        library.call(Function.OMP_SET_NUM_THREADS, before);
    }

    /** The library that was loaded is the one that the headers describe. */
    @Test
    void theVersionIsThatOfTheHeader() throws IOException {
        String text = withoutComments("dnnl_version.h");
        String version = Stream.of("MAJOR", "MINOR", "PATCH")
                .map(part -> only("#define\\s+DNNL_VERSION_" + part + "\\s+(\\d+)", text))
                .collect(Collectors.joining("."));
        assertThat(NativeFolder.open(Path.of("target", "natives")).version()).startsWith(version + " ");
        assertThat(only("#define\\s+DNNL_RUNTIME_OMP\\s+(\\d+)u", withoutComments("dnnl_config.h")))
                .isEqualTo("" + Library.RUNTIME_OMP);
    }

    /** The two structures that are read and written by offset. */
    @Test
    void theStructuresAreThoseOfTheHeaders() throws IOException {
        assertThat(structure("dnnl_version_t", "dnnl_common_types.h"))
                .isEqualTo(
                        "int major; int minor; int patch; const char *hash; unsigned cpu_runtime; unsigned gpu_runtime;");
        assertThat(structure("dnnl_exec_arg_t", "dnnl_types.h")).isEqualTo("int arg; dnnl_memory_t memory;");
    }

    private static String structure(String name, String file) throws IOException {
        return only("struct\\s*\\{([^}]*)\\}\\s*" + name + "\\s*;", withoutComments(file))
                .strip()
                .replaceAll("\\s+", " ");
    }

    private static String only(String pattern, String text) {
        Matcher m = Pattern.compile(pattern).matcher(text);
        assertThat(m.find()).as(pattern).isTrue();
        return m.group(1);
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
