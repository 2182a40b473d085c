package org.resnet4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;

/** All that a user of any module sees is described. */
final class DocumentationTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().resolveSibling("");

    @Test
    void everyExportedDeclarationHasAComment() throws IOException {
        List<String> found = new ArrayList<>();
        int modules = 0;
        try (Stream<Path> folders = Files.list(ROOT)) {
            for (Path module : folders.sorted().toList()) {
                Path sources = module.resolve("src/main/java");
                if (Files.isRegularFile(sources.resolve("module-info.java"))) {
                    found.addAll(Undocumented.in(javaFiles(sources)));
                    modules++;
                }
            }
        }
        assertThat(modules).as("modules under " + ROOT).isGreaterThan(9);
        assertThat(found).as("declarations without a Javadoc comment").isEmpty();
    }

    private static List<JavaFileObject> javaFiles(Path sources) throws IOException {
        List<JavaFileObject> files = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(sources)) {
            for (Path file :
                    walk.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                files.add(Undocumented.source(file.toUri(), Files.readString(file)));
            }
        }
        return files;
    }

    @Test
    void whatHasNoneIsFound() throws IOException {
        String text = """
                package seen;
                public class Bare {
                    public int field;
                    protected void method() {}
                    public enum Kind { ONE }
                    private int hidden;
                    void inside() {}
                    @Override public String toString() { return ""; }
                }
                /** Nobody outside sees it. */
                class Inner { public void method() {} }
                """;
        String described = """
                package seen;
                /** An interface. */
                public interface Face {
                    void implicitlyPublic();
                    /** Described. */
                    record Pair(int a, int b) { public Pair { } }
                    /** Empty. */
                    class Empty {}
                }
                """;
        assertThat(Undocumented.in(List.of(
                        Undocumented.source(URI.create("mem:///module-info.java"), "module m { exports seen; }"),
                        Undocumented.source(URI.create("mem:///Bare.java"), text),
                        Undocumented.source(URI.create("mem:///Face.java"), described),
                        Undocumented.source(
                                URI.create("mem:///Secret.java"), "package unseen; public class Secret {}"))))
                .containsExactly(
                        "/Bare.java:2 Bare",
                        "/Bare.java:3 field",
                        "/Bare.java:4 method",
                        "/Bare.java:5 Kind",
                        "/Bare.java:5 ONE",
                        "/Face.java:4 implicitlyPublic",
                        "/Face.java:6 <init>");
    }
}
