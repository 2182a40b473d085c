package org.resnet4j.pickle;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.resnet4j.weights.Chunks;
import org.resnet4j.weights.Limits;
import org.resnet4j.weights.WeightsException;

/**
 * A zip archive of which entries are read by exact name, into memory, never extracted. Stricter than the format: it starts with
 * its first entry, ends with its directory, says the same of an entry in both places, has no two entries of one name or on the
 * same bytes, and nothing encrypted. Not for use by two threads. Source: PKWARE's APPNOTE 6.3, sections 4.3 and 4.5.
 */
final class ZipArchive {
    /** Entries may be this many times as large as their bytes in the archive, each one and all together... */
    private static final long MAX_RATIO = 200;

    /** ... beyond the first MiB. */
    private static final long FREE = 1 << 20;

    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END64 = 0x06064b50;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int END_BYTES = 22;
    private static final int MAX_COMMENT = 0xffff;
    private static final int ENCRYPTED = 1 | 1 << 6 | 1 << 13;
    private static final int SIZES_BEHIND = 1 << 3;
    private static final int CHUNK = 1 << 24;

    /** An entry, with the place of its bytes. */
    record Entry(String name, boolean deflated, int crc, long packed, long size, long header, long data) {}

    private final FileChannel channel;
    private final String where;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private ZipArchive(FileChannel channel, String where) {
        this.channel = channel;
        this.where = where;
    }

    /** Reads and checks the directory; the channel stays the caller's. */
    static ZipArchive open(FileChannel channel, String where, Limits limits) throws IOException {
        ZipArchive zip = new ZipArchive(channel, where);
        zip.readDirectory(limits);
        return zip;
    }

    /** All names, in the directory's order. */
    Set<String> names() {
        return entries.keySet();
    }

    /** The entry of exactly this name. */
    Entry get(String name) throws WeightsException {
        Entry e = entries.get(name);
        if (e == null) {
            throw refuse("it has no entry named " + PickleInput.quote(name));
        }
        return e;
    }

    private WeightsException refuse(String what) {
        return new WeightsException(where + ": " + what);
    }

    private ByteBuffer at(long position, int n) throws IOException {
        if (position < 0 || position > channel.size() - n) {
            throw refuse("the archive is cut off or its directory is wrong: " + n + " bytes at " + position
                    + " pass its end at " + channel.size());
        }
        ByteBuffer b = ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
        Chunks.read(channel, position, b, where);
        return b.flip();
    }

    private void readDirectory(Limits limits) throws IOException {
        long size = channel.size();
        if (size < END_BYTES) {
            throw refuse("a zip archive has at least " + END_BYTES + " bytes, found " + size);
        }
        int tailBytes = (int) Math.min(size, END_BYTES + MAX_COMMENT);
        ByteBuffer tail = at(size - tailBytes, tailBytes);
        int end = tailBytes - END_BYTES;
        while (end >= 0 && (tail.getInt(end) != END || end + END_BYTES + u16(tail, end + 20) != tailBytes)) {
            end--;
        }
        if (end < 0) {
            throw refuse("it begins as a zip archive and does not end as one; was it truncated?");
        }
        long endAt = size - tailBytes + end;
        long count = u16(tail, end + 10);
        long bytes = u32(tail, end + 12);
        long begin = u32(tail, end + 16);
        boolean parts = u16(tail, end + 4) != 0 || u16(tail, end + 6) != 0 || u16(tail, end + 8) != count;
        if (endAt >= 20 && at(endAt - 20, 4).getInt() == LOCATOR64) {
            long end64At = at(endAt - 12, 8).getLong();
            ByteBuffer end64 = at(end64At, 56);
            if (end64.getInt(0) != END64) {
                throw refuse("its 64-bit directory is not where it says");
            }
            parts = end64.getInt(16) != 0 || end64.getInt(20) != 0 || end64.getLong(24) != end64.getLong(32);
            count = agreed(count, 0xffff, end64.getLong(32), "number of entries");
            bytes = agreed(bytes, 0xffff_ffffL, end64.getLong(40), "directory's size");
            begin = agreed(begin, 0xffff_ffffL, end64.getLong(48), "directory's place");
            endAt = end64At;
        }
        if (parts) {
            throw refuse("archives in several parts are not read");
        }
        if (count < 0 || count > limits.tensors()) {
            throw refuse("at most " + limits.tensors() + " entries are read (Limits.tensors), found "
                    + Long.toUnsignedString(count));
        }
        if (begin < 0 || bytes < 0 || bytes > limits.headerBytes() || begin > endAt || bytes != endAt - begin) {
            throw refuse("its directory must be the " + bytes + " bytes before its end, found it at " + begin
                    + " with the end at " + endAt);
        }
        entries(at(begin, Math.toIntExact(bytes)), (int) count);
        requireApart(begin, limits);
    }

    /** What both directories say: the 32-bit one may only be full or the same. */
    private long agreed(long small, long full, long large, String what) throws WeightsException {
        if (small != full && small != large) {
            throw refuse("its two directories differ in the " + what + ": " + small + " and " + large);
        }
        return large;
    }

    private void entries(ByteBuffer directory, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            if (directory.remaining() < 46 || directory.getInt(directory.position()) != CENTRAL) {
                throw refuse("its directory is broken at entry " + i);
            }
            ByteBuffer head = directory.slice(directory.position(), 46).order(ByteOrder.LITTLE_ENDIAN);
            int nameBytes = u16(head, 28);
            int extraBytes = u16(head, 30);
            int all = 46 + nameBytes + extraBytes + u16(head, 32);
            if (directory.remaining() < all) {
                throw refuse("its directory is broken at entry " + i);
            }
            byte[] raw = new byte[nameBytes];
            directory.get(directory.position() + 46, raw);
            String name = name(raw);
            ByteBuffer extra = directory
                    .slice(directory.position() + 46 + nameBytes, extraBytes)
                    .order(ByteOrder.LITTLE_ENDIAN);
            directory.position(directory.position() + all);
            if ((head.getInt(38) >>> 16 & 0xf000) == 0xa000) {
                throw refuse(PickleInput.quote(name) + " is a symbolic link; links are not read");
            }
            Entry entry = local(head, raw, name, extra);
            if (entries.put(name, entry) != null) {
                throw refuse("two entries are named " + PickleInput.quote(name));
            }
        }
        if (directory.hasRemaining()) {
            throw refuse("its directory has " + directory.remaining() + " bytes after the last entry");
        }
    }

    /** Names lead nowhere, as nothing is extracted; one that would is a sign of a hostile archive all the same. */
    private String name(byte[] raw) throws WeightsException {
        String name;
        try {
            name = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw))
                    .toString();
        } catch (CharacterCodingException _) {
            throw refuse("the name of an entry must be UTF-8");
        }
        boolean leadsOut = name.startsWith("/")
                || name.indexOf('\\') >= 0
                || name.indexOf(':') >= 0
                || name.indexOf('\0') >= 0
                || List.of(name.split("/", -1)).contains("..");
        if (leadsOut || name.isEmpty()) {
            throw refuse("an entry is named " + PickleInput.quote(name) + ", which leads out of the archive");
        }
        return name;
    }

    /** Compares the entry's own header with the directory's, and finds its bytes. */
    private Entry local(ByteBuffer head, byte[] raw, String name, ByteBuffer extra) throws IOException {
        String shown = PickleInput.quote(name);
        long packed = u32(head, 20);
        long size = u32(head, 24);
        long begin = u32(head, 42);
        if (packed == 0xffff_ffffL || size == 0xffff_ffffL || begin == 0xffff_ffffL) {
            ByteBuffer wide = extra64(extra, shown);
            size = size == 0xffff_ffffL ? wide64(wide, shown) : size;
            packed = packed == 0xffff_ffffL ? wide64(wide, shown) : packed;
            begin = begin == 0xffff_ffffL ? wide64(wide, shown) : begin;
        }
        int flags = u16(head, 8);
        int method = u16(head, 10);
        if ((flags & ENCRYPTED) != 0) {
            throw refuse(shown + " is encrypted; encrypted archives are not read");
        }
        if (method != 0 && method != 8) {
            throw refuse(shown + " is packed by method " + method + "; stored (0) and deflated (8) are read");
        }
        if (method == 0 && packed != size) {
            throw refuse(shown + " is stored, so its two sizes must be equal, found " + packed + " and " + size);
        }
        ByteBuffer own = at(begin, 30);
        byte[] ownName = new byte[u16(own, 26)];
        at(Math.addExact(begin, 30), ownName.length).get(ownName);
        boolean behind = (flags & SIZES_BEHIND) != 0;
        boolean same = own.getInt(0) == LOCAL
                && u16(own, 6) == flags
                && u16(own, 8) == method
                && Arrays.equals(ownName, raw)
                && agrees(own.getInt(14), head.getInt(16), behind)
                && (u32(own, 18) == 0xffff_ffffL || agrees(u32(own, 18), packed, behind))
                && (u32(own, 22) == 0xffff_ffffL || agrees(u32(own, 22), size, behind));
        if (!same) {
            throw refuse(shown + " is another entry in its own header than in the directory");
        }
        long data = begin + 30 + ownName.length + u16(own, 28);
        return new Entry(name, method == 8, head.getInt(16), packed, size, begin, data);
    }

    private static boolean agrees(long own, long directory, boolean behind) {
        return own == directory || (behind && own == 0);
    }

    private ByteBuffer extra64(ByteBuffer extra, String shown) throws WeightsException {
        while (extra.remaining() >= 4) {
            int id = extra.getShort() & 0xffff;
            int n = extra.getShort() & 0xffff;
            if (n > extra.remaining()) {
                break;
            }
            if (id == 1) {
                return extra.slice(extra.position(), n).order(ByteOrder.LITTLE_ENDIAN);
            }
            extra.position(extra.position() + n);
        }
        throw refuse(shown + " has no 64-bit sizes where it must");
    }

    private long wide64(ByteBuffer wide, String shown) throws WeightsException {
        long value = wide.remaining() >= Long.BYTES ? wide.getLong() : -1;
        if (value < 0) {
            throw refuse(shown + " has broken 64-bit sizes");
        }
        return value;
    }

    /** No two entries on the same bytes, none on the directory, none that swells, and the first at the file's first byte. */
    private void requireApart(long directory, Limits limits) throws WeightsException {
        long at = 0;
        long total = 0;
        long packed = 0;
        for (Entry e : entries.values().stream()
                .sorted(Comparator.comparingLong(Entry::header))
                .toList()) {
            String shown = PickleInput.quote(e.name());
            if (at == 0 && e.header() != 0) {
                throw refuse("the first entry must begin the file, found " + e.header() + " bytes before it");
            }
            if (e.header() < at || e.packed() > directory - e.data()) {
                throw refuse(shown + " lies on the bytes of another entry");
            }
            at = e.data() + e.packed();
            if (e.size() > limits.totalBytes() - total) {
                throw refuse("at most " + limits.totalBytes() + " bytes are unpacked (Limits.totalBytes)");
            }
            total += e.size();
            packed += e.packed();
            if (e.size() - FREE > e.packed() * MAX_RATIO || total - FREE > packed * MAX_RATIO) {
                throw refuse(shown + " is " + e.size() + " bytes out of " + e.packed() + "; at most " + MAX_RATIO
                        + " times as many are unpacked");
            }
        }
    }

    /** The entry's bytes in {@code arena}, unpacked and compared with their CRC-32. */
    MemorySegment read(Entry e, Arena arena) throws IOException {
        MemorySegment out = arena.allocate(Math.max(1, e.size()), 64).asSlice(0, e.size());
        CRC32 crc = new CRC32();
        if (e.deflated()) {
            inflate(e, out);
        }
        for (long at = 0; at < e.size(); at += CHUNK) {
            ByteBuffer part = out.asSlice(at, Math.min(CHUNK, e.size() - at)).asByteBuffer();
            if (!e.deflated()) {
                Chunks.read(channel, e.data() + at, part, where);
                part.flip();
            }
            crc.update(part);
        }
        if ((int) crc.getValue() != e.crc()) {
            throw refuse(PickleInput.quote(e.name()) + " has CRC-32 " + Long.toHexString(crc.getValue())
                    + ", its directory says " + Integer.toHexString(e.crc()) + "; the file is damaged");
        }
        return out;
    }

    private void inflate(Entry e, MemorySegment out) throws IOException {
        Inflater inflater = new Inflater(true);
        try {
            long taken = 0;
            long made = 0;
            while (!inflater.finished()) {
                if (inflater.needsInput() && taken < e.packed()) {
                    int n = (int) Math.min(1 << 16, e.packed() - taken);
                    inflater.setInput(at(e.data() + taken, n));
                    taken += n;
                }
                // One byte of room at the end, to find out whether there is more than was said.
                ByteBuffer room = made < e.size()
                        ? out.asSlice(made, Math.min(CHUNK, e.size() - made)).asByteBuffer()
                        : ByteBuffer.allocate(1);
                int n = inflater.inflate(room);
                made += n;
                boolean stuck = n == 0 && !inflater.finished() && (taken == e.packed() || !inflater.needsInput());
                if (made > e.size() || stuck) {
                    break;
                }
            }
            if (!inflater.finished() || made != e.size() || inflater.getBytesRead() != e.packed()) {
                throw refuse(
                        PickleInput.quote(e.name()) + " does not unpack to the " + e.size() + " bytes that it says");
            }
        } catch (DataFormatException ex) {
            throw new WeightsException(
                    where + ": " + PickleInput.quote(e.name()) + " is not sound: " + ex.getMessage(), ex);
        } finally {
            inflater.end();
        }
    }

    /** A view of a segment as a stream. */
    static InputStream stream(MemorySegment segment) {
        return new InputStream() {
            private long at;

            @Override
            public int read() {
                return at < segment.byteSize() ? segment.get(ValueLayout.JAVA_BYTE, at++) & 0xff : -1;
            }

            @Override
            public int read(byte[] into, int from, int length) {
                int n = (int) Math.min(length, segment.byteSize() - at);
                if (n <= 0) {
                    return length == 0 ? 0 : -1;
                }
                MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at, into, from, n);
                at += n;
                return n;
            }
        };
    }

    private static int u16(ByteBuffer b, int at) {
        return b.getShort(at) & 0xffff;
    }

    private static long u32(ByteBuffer b, int at) {
        return b.getInt(at) & 0xffff_ffffL;
    }
}
