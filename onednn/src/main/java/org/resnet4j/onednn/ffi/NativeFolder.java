package org.resnet4j.onednn.ffi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.NativeLibraryException;

/**
 * Where the native libraries are unpacked to, since the system's loader reads files only.
 *
 * <p>The folder is private to the user, locked while it is filled, and filled by temporary name and rename; every file's
 * SHA-256 is compared with the one pinned in the source before each load, and a file that differs is replaced.
 */
public final class NativeFolder {
    /** Files of one platform in the order of loading, with their SHA-256. */
    private record Platform(String gomp, String gompHash, String dnnl, String dnnlHash) {}

    private static final Map<String, Platform> PLATFORMS = Map.of(
            "linux-x86_64",
            new Platform(
                    "libgomp.so.1",
                    "115302e45583ad3e8df681c0a5af4c8273b7399f764965280d70d8780e5ee454",
                    "libdnnl.so.3",
                    "a8948803c5718bac623b664be77fb47e24328e8693997e96e02c4308b0ee826f"),
            "linux-arm64",
            new Platform(
                    "libgomp.so.1",
                    "58e440465a4174fa7e7ec529e6a2b3b27eeafd048c75a2c6781fd8cd740e1f2c",
                    "libdnnl.so.3",
                    "7fe2ab67ff4a08c3944fbb46f52819dcdd74907926ececb544c1940226962301"),
            "macosx-arm64",
            new Platform(
                    "libomp.dylib",
                    "e4ec1a31166cbf190c350e2c2542c0300e167e16b6f4850fb601cd761657df5a",
                    "libdnnl.3.dylib",
                    "5fb3242888a85fb00a527d2919195f92312570ea4e3be34360f676e34f34d296"));

    private static @Nullable Library loaded;

    private NativeFolder() {}

    /**
     * The library of this process: unpacked to {@code folder} and loaded on the first call, the same one ever after, since a
     * process can hold it only once.
     */
    public static synchronized Library open(Path folder) {
        if (loaded == null) {
            String name = platformName();
            Platform platform = PLATFORMS.get(name);
            if (platform == null) {
                throw new NativeLibraryException("no native libraries for " + name + "; there are some for "
                        + PLATFORMS.keySet().stream().sorted().toList() + "; the reference backend runs everywhere");
            }
            try {
                Path gomp = unpack(folder, name, platform.gomp(), platform.gompHash());
                Path dnnl = unpack(folder, name, platform.dnnl(), platform.dnnlHash());
                loaded = Library.load(gomp, dnnl);
            } catch (IOException e) {
                throw new NativeLibraryException(
                        folder + ": the native libraries cannot be unpacked there: " + e.getMessage()
                                + "; name a folder that can be written",
                        e);
            }
        }
        return loaded;
    }

    /** This machine in the words of the artifact: {@code linux-x86_64}. */
    public static String platformName() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String system = os.startsWith("linux")
                ? "linux"
                : os.startsWith("mac") ? "macosx" : os.startsWith("windows") ? "windows" : os;
        String cpu = switch (arch) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm64";
            default -> arch;
        };
        return system + "-" + cpu;
    }

    /** One thread at a time: a file lock keeps other processes out, but is an error, not a wait, within one. */
    static synchronized Path unpack(Path folder, String platform, String name, String hash) throws IOException {
        createPrivate(folder);
        Path file = folder.resolve(name);
        try (FileChannel channel =
                        FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assert lock.isValid();
            if (Files.isRegularFile(file) && sha256(file).equals(hash)) {
                return file;
            }
            Path temporary = folder.resolve(name + ".tmp");
            String resource = "/org/resnet4j/onednn/natives/" + platform + "/" + name;
            try (InputStream in = NativeFolder.class.getResourceAsStream(resource)) {
                if (in == null) {
                    throw new NativeLibraryException(resource + " is missing from this program's jar; build it again");
                }
                Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
            }
            String found = sha256(temporary);
            if (!found.equals(hash)) {
                Files.delete(temporary);
                throw new NativeLibraryException(name + ": SHA-256 " + hash + " is expected, the jar holds " + found);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return file;
        }
    }

    /** The folder, made if need be; one that others can write to is refused, for they could change a file after its check. */
    private static void createPrivate(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            requireNotWritableByOthers(folder);
            return;
        }
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Path parent = folder.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(folder);
        }
    }

    private static void requireNotWritableByOthers(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
            if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new NativeLibraryException(folder
                        + ": native libraries are loaded only from a folder that no other user can write to, found "
                        + PosixFilePermissions.toString(permissions) + "; take that right away or name another folder");
            }
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 20];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
