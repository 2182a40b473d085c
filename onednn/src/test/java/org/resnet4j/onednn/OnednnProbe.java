package org.resnet4j.onednn;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.resnet4j.onednn.Execution.Argument;

/** A process of its own: loads the library, runs one primitive and says what it found. */
public final class OnednnProbe {
    private OnednnProbe() {}

    /** The folder, then {@code twice} for a second class loader. */
    public static void main(String[] args) throws ReflectiveOperationException, IOException {
        probe(args[0]);
        if (args.length > 1) {
            List<URL> urls = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
            try (URLClassLoader other =
                    new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
                Class<?> again = other.loadClass(OnednnProbe.class.getName());
                Method probe = again.getMethod("probe", String.class);
                probe.invoke(null, args[0]);
                System.out.println("loaders " + (again == OnednnProbe.class ? "same" : "differ"));
            }
        }
    }

    /** Loads and runs. */
    public static void probe(String folder) {
        try {
            Onednn onednn = Onednn.open(Path.of(folder));
            System.out.println("version " + onednn.version());
            System.out.println("isa " + onednn.instructionSet());
            System.out.println("openmp " + Onednn.openMpRuntimes());
            try (Arena arena = Arena.ofShared();
                    MemoryDesc d = MemoryDesc.of(onednn, DataType.F32, FormatTag.A, 2);
                    PrimitiveDesc relu = PrimitiveDesc.eltwise(
                            onednn, Direction.FORWARD_INFERENCE, Algorithm.ELTWISE_RELU, d, 0, 0)) {
                MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_FLOAT, -1, 2);
                try (Execution e = new Execution(
                        onednn,
                        relu,
                        List.of(new Argument(Arg.SRC, d, memory), new Argument(Arg.DST, d, memory)),
                        memory)) {
                    e.run();
                }
                System.out.println("relu " + Arrays.toString(memory.toArray(ValueLayout.JAVA_FLOAT)));
            }
        } catch (NativeLibraryException e) {
            System.out.println("refused " + e.getMessage());
        }
    }
}
