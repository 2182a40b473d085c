package org.resnet4j.onednn.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.onednn.NativeLibraryException;
import org.resnet4j.onednn.OnednnProbe;
import org.resnet4j.testkit.ChildJava;

/** NAT-08 and NAT-13: a library that is absent, damaged, foreign, old or incomplete is one clear message, and never a crash. */
final class LibraryTest {
    private static final Path NATIVES = Path.of("target", "natives");
    private static final String UNLIMITED = "every processor";

    @TempDir
    Path temp;

    @BeforeAll
    static void unpack() {
        NativeFolder.open(NATIVES);
    }

    private static void refused(Path gomp, Path dnnl, String message) {
        assertThatThrownBy(() -> Library.load(gomp, dnnl))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aFileThatIsNoLibraryIsRefused() throws IOException {
        Path text = Files.writeString(temp.resolve("libdnnl.so.3"), "not a library");
        refused(NATIVES.resolve("libgomp.so.1"), text, "cannot be loaded on this machine");
        refused(NATIVES.resolve("libgomp.so.1"), temp.resolve("absent.so"), "cannot be loaded on this machine");
    }

    @Test
    void aLibraryOfAnotherProcessorIsRefused() throws IOException {
        byte[] elf = Files.readAllBytes(NATIVES.resolve("libgomp.so.1"));
        elf[18] = (byte) (elf[18] == 62 ? 183 : 62); // e_machine: x86-64 and aarch64
        refused(Files.write(temp.resolve("libgomp.so.1"), elf), NATIVES.resolve("libdnnl.so.3"), "cannot be loaded");
    }

    @Test
    void aMissingSymbolIsNamed() {
        Path gomp = NATIVES.resolve("libgomp.so.1");
        refused(gomp, gomp, "have no function dnnl_version");
    }

    /** Stubs made by the machine's C compiler: every bound function is there, and the version or the runtime is another one. */
    @ParameterizedTest
    @ValueSource(
            strings = {"3,10,2,2 is needed, found 3.10.2", "2,0,0,2 is needed, found 2.0.0", "3,11,0,4 found runtime 4"
            })
    void anotherVersionOrRuntimeIsNamed(String version) throws IOException, InterruptedException {
        Path cc = Path.of("/usr/bin/cc");
        if (!Files.isExecutable(cc)) {
            System.out.println("SKIPPED: a library of another version is made with /usr/bin/cc, which is not there");
        }
        Assumptions.assumeTrue(Files.isExecutable(cc), "no C compiler");
        String[] numbers = version.substring(0, version.indexOf(' ')).split(",");
        StringBuilder c = new StringBuilder("struct v { int a, b, c; const char *h; unsigned r, g; };\n");
        c.append("static struct v it = { %s, %s, %s, \"0123456789\", %s, 0 };\n".formatted((Object[]) numbers));
        for (Function f : Function.values()) {
            c.append(
                    f == Function.VERSION
                            ? "struct v *dnnl_version(void) { return &it; }\n"
                            : "int " + f.symbol() + "(void) { return 5; }\n");
        }
        Path source = Files.writeString(temp.resolve("stub.c"), c);
        Path stub = temp.resolve("libstub.so");
        Process compiler = new ProcessBuilder(
                        cc.toString(), "-shared", "-fPIC", "-o", stub.toString(), source.toString())
                .inheritIO()
                .start();
        assertThat(compiler.waitFor()).isZero();
        refused(stub, stub, version.substring(version.indexOf(' ') + 1));
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "in the way");
        ChildJava.Ended ended =
                ChildJava.of(OnednnProbe.class).run(file.resolve("native").toString());
        assertThat(ended.said("refused")).contains(file.toString(), "name a folder that can be written");
        assertThat(ended.exit()).isZero();
    }

    @Test
    void aDamagedOrCutFileIsMendedByTheNextProcess() throws IOException {
        Path folder = Files.createDirectory(
                temp.resolve("native"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String name : List.of("libgomp.so.1", "libdnnl.so.3")) {
            byte[] half = Files.readAllBytes(NATIVES.resolve(name));
            Files.write(folder.resolve(name), java.util.Arrays.copyOf(half, half.length / 2));
        }
        ChildJava.Ended ended = ChildJava.of(OnednnProbe.class).run(folder.toString());
        assertThat(ended.said("version")).startsWith("3.11.");
        assertThat(folder.resolve("libdnnl.so.3")).hasSameBinaryContentAs(NATIVES.resolve("libdnnl.so.3"));
    }

    @Test
    void aPlatformWithoutLibrariesIsNamedWithThoseThatHaveSome() throws IOException {
        ChildJava.Ended ended =
                ChildJava.of(OnednnProbe.class).with("-Dos.arch=riscv64").run(NATIVES.toString());
        assertThat(ended.said("refused")).contains("riscv64", "linux-x86_64", "reference backend");
    }

    @Test
    void nativeAccessThatIsNotAllowedIsNamedWithTheOption() throws IOException {
        ChildJava.Ended ended = new ChildJava(OnednnProbe.class, List.of("--illegal-native-access=deny"), Map.of(), "")
                .run(NATIVES.toString());
        assertThat(ended.said("refused")).contains("--enable-native-access");
    }

    /** A processor with less: the library is told so; everything runs, and says what it runs on. */
    @ParameterizedTest
    @ValueSource(strings = {"SSE41", "AVX2", UNLIMITED})
    void everyInstructionSetRuns(String isa) throws IOException {
        Map<String, String> limit = isa.equals(UNLIMITED) ? Map.of() : Map.of("ONEDNN_MAX_CPU_ISA", isa);
        ChildJava.Ended ended =
                ChildJava.of(OnednnProbe.class).withEnvironment(limit).run(NATIVES.toString());
        assertThat(ended.said("relu")).isEqualTo("[0.0, 2.0]");
        if (!isa.equals(UNLIMITED)) {
            assertThat(ended.said("isa")).isEqualToIgnoringCase(isa);
        }
    }

    /** NAT-15: a second OpenMP runtime, loaded by somebody else, is seen. */
    @Test
    void aSecondOpenMpRuntimeIsSeen() throws IOException {
        assertThat(ChildJava.of(OnednnProbe.class).run(NATIVES.toString()).said("openmp"))
                .isEqualTo("[" + NATIVES.resolve("libgomp.so.1").toAbsolutePath() + "]");
        Path other = Files.copy(NATIVES.resolve("libgomp.so.1"), temp.resolve("libgomp-other.so.1"));
        ChildJava.Ended ended = ChildJava.of(OnednnProbe.class)
                .withEnvironment(Map.of("LD_PRELOAD", other.toString()))
                .run(NATIVES.toString());
        assertThat(ended.said("openmp")).contains(other.toString(), NATIVES.toString());
        assertThat(ended.said("relu")).isEqualTo("[0.0, 2.0]");
    }

    /** NAT-13: the class in two class loaders of one process. */
    @Test
    void twoClassLoadersUseTheLibrarySideBySide() throws IOException {
        ChildJava.Ended ended = ChildJava.of(OnednnProbe.class).run(NATIVES.toString(), "twice");
        assertThat(ended.output().lines().filter("relu [0.0, 2.0]"::equals))
                .as(ended.output())
                .hasSize(2);
        assertThat(ended.said("loaders")).isEqualTo("differ");
    }
}
