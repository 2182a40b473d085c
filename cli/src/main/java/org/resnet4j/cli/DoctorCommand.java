package org.resnet4j.cli;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.onednn.NativeLibraryException;
import org.resnet4j.onednn.Onednn;
import picocli.CommandLine.Command;

/** What this machine has, and what is missing or slow. */
@Command(
        name = "doctor",
        description = "Prints what this machine has and what is missing or slow; exit code 1 if something is.",
        footer = {"", "Example:", "  resnet doctor"})
final class DoctorCommand extends Surrounded {
    private static final List<Path> LIBRARY_FOLDERS = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu"),
            Path.of("/usr/lib/aarch64-linux-gnu"),
            Path.of("/usr/lib64"),
            Path.of("/usr/lib"),
            Path.of("/usr/local/lib"),
            Path.of("/opt/homebrew/lib"));

    DoctorCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        int findings = 0;
        line("java", Runtime.version() + ", " + System.getProperty("java.vendor"));
        line(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        line("processor", processor());
        line("threads", Integer.toString(Runtime.getRuntime().availableProcessors()));
        line("heap", Main.grouped(Runtime.getRuntime().maxMemory()) + " bytes at most");
        findings += onednn();
        findings += tool(
                "vectors",
                ModuleFinder.ofSystem().find("jdk.incubator.vector").isPresent(),
                "this Java has no module jdk.incubator.vector: 3x3 convolutions take up to twice the time");
        findings += tool(
                "libturbojpeg",
                LIBRARY_FOLDERS.stream().anyMatch(DoctorCommand::hasTurbojpeg),
                "not found: JPEG is decoded several times slower; install libturbojpeg0");
        findings += tool(
                "npm",
                onPath("npm"),
                "not found: only needed by `model get` of packages, and where `data get` cannot reach the author's server");
        line("folder", surroundings.home() + (Files.isDirectory(surroundings.home()) ? "" : " (not there yet)"));
        return findings == 0 ? 0 : Main.FAILED;
    }

    private int onednn() {
        try {
            Onednn library = Onednn.open(surroundings.natives());
            String isa = library.instructionSet();
            line("onednn", library.version() + ", instruction set " + isa);
            if (!isa.startsWith("avx512") && !isa.startsWith("avx10")) {
                line("", "no AVX-512 here: everything runs, slower, and bf16 would be emulated");
            }
            List<String> openMp = Onednn.openMpRuntimes();
            if (openMp.size() > 1) {
                line("", "two OpenMP runtimes are loaded, whose threads compete: " + String.join(", ", openMp));
                return 1;
            }
            return 0;
        } catch (NativeLibraryException e) {
            line("onednn", "not usable: " + e.getMessage());
            return 1;
        }
    }

    private int tool(String name, boolean found, String otherwise) {
        line(name, found ? "found" : otherwise);
        return found ? 0 : 1;
    }

    private static boolean hasTurbojpeg(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.anyMatch(p -> p.getFileName().toString().startsWith("libturbojpeg"));
        } catch (IOException e) {
            return false; // the folder is not there
        }
    }

    private boolean onPath(String program) {
        String path = surroundings.environment().getOrDefault("PATH", "");
        return Stream.of(path.split(":")).anyMatch(p -> !p.isEmpty() && Files.isExecutable(Path.of(p, program)));
    }

    private static String processor() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(l -> l.startsWith("model name"))
                    .map(l -> l.substring(l.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        }
    }

    private void line(String what, String value) {
        out().printf("%-14s %s%n", what, value);
    }
}
