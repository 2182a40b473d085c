package org.resnet4j.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * With what and on what a run was made. Holds no time, path or host name.
 *
 * @param program version of this program
 * @param java version of the virtual machine
 * @param os name, version and architecture of the operating system
 * @param cpu name of the processor, or "unknown"
 * @param processors that the virtual machine may use
 * @param backend name of the backend
 * @param commit of the source, if the caller knows it
 */
public record Provenance(
        String program,
        String java,
        String os,
        String cpu,
        int processors,
        String backend,
        @Nullable String commit) {

    /** Of this process. */
    public static Provenance collect(String program, String backend, @Nullable String commit) {
        return new Provenance(
                program,
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                processor(),
                Runtime.getRuntime().availableProcessors(),
                backend,
                commit);
    }

    private static String processor() {
        Path info = Path.of("/proc/cpuinfo");
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(l -> l.startsWith("model name"))
                    .map(l -> l.substring(l.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown"; // not Linux
        }
    }

    /** As JSON values by name. */
    public Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("program", program);
        json.put("java", java);
        json.put("os", os);
        json.put("cpu", cpu);
        json.put("processors", processors);
        json.put("backend", backend);
        json.put("commit", commit);
        return json;
    }
}
