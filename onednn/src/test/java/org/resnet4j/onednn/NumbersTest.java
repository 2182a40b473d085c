package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every number of the binding against the enumerations and macros of oneDNN's own headers. */
final class NumbersTest {
    private static final Map<String, Long> NUMBERS = new HashMap<>();

    @BeforeAll
    static void readHeaders() throws IOException {
        for (String file : new String[] {"dnnl_common_types.h", "dnnl_types.h"}) {
            String text = Files.readString(Path.of("target", "headers", file))
                    .replaceAll("(?s)/\\*.*?\\*/", " ")
                    .replaceAll("//[^\\n]*", " ");
            Matcher enums = Pattern.compile("(?s)typedef enum \\{(.*?)\\}").matcher(text);
            while (enums.find()) {
                readEnum(enums.group(1).replaceAll("(?m)^#.*$", ""));
            }
            Matcher macros = Pattern.compile("(?m)^#define\\s+(DNNL_ARG_\\w+)\\s+(\\w+)\\s*$")
                    .matcher(text);
            while (macros.find()) {
                NUMBERS.put(macros.group(1), value(macros.group(2)));
            }
        }
    }

    private static void readEnum(String body) {
        long next = 0;
        for (String entry : body.split(",")) {
            String[] parts = entry.strip().split("\\s*=\\s*");
            if (!parts[0].isEmpty()) {
                long v = parts.length > 1 ? value(parts[1]) : next;
                NUMBERS.put(parts[0], v);
                next = v + 1;
            }
        }
    }

    private static long value(String text) {
        Long known = NUMBERS.get(text);
        return known != null ? known : Long.decode(text.replaceAll("[uU]$", ""));
    }

    private static void same(String name, long code) {
        assertThat(NUMBERS).as(name).containsEntry(name, code);
    }

    @Test
    void enumerations() {
        for (Algorithm a : Algorithm.values()) {
            same("dnnl_" + a.name().toLowerCase(Locale.ROOT), a.code);
        }
        for (DataType t : DataType.values()) {
            same("dnnl_" + t.name().toLowerCase(Locale.ROOT), t.code);
        }
        for (Direction d : Direction.values()) {
            same("dnnl_" + d.name().toLowerCase(Locale.ROOT), d.code);
        }
        for (FormatTag t : FormatTag.values()) {
            same((t == FormatTag.ANY ? "dnnl_format_tag_" : "dnnl_") + t.name().toLowerCase(Locale.ROOT), t.code);
        }
        for (PrimitiveDesc.Query q : PrimitiveDesc.Query.values()) {
            same("dnnl_query_" + q.name().toLowerCase(Locale.ROOT) + "_md", q.code());
        }
    }

    /** Every instruction set of the header has a name here, in the header's spelling; of two with one number the first. */
    @Test
    void instructionSets() {
        Map<Long, Set<String>> names = new HashMap<>();
        NUMBERS.forEach((name, code) -> {
            if (name.startsWith("dnnl_cpu_isa_") && !name.matches(".*(no_hints|prefer_ymm)")) {
                names.computeIfAbsent(code, _ -> new HashSet<>()).add(name.substring("dnnl_cpu_isa_".length()));
            }
        });
        assertThat(names).hasSizeGreaterThan(10);
        names.forEach((code, all) -> assertThat(all).contains(Onednn.instructionSet(code.intValue())));
    }

    @Test
    void flags() {
        same("dnnl_use_global_stats", PrimitiveDesc.USE_GLOBAL_STATS);
        same("dnnl_use_scale", PrimitiveDesc.USE_SCALE);
        same("dnnl_use_shift", PrimitiveDesc.USE_SHIFT);
        same("dnnl_fuse_norm_relu", PrimitiveDesc.FUSE_NORM_RELU);
    }

    @Test
    void queriesAndModes() {
        same("dnnl_query_strides", MemoryDesc.STRIDES);
        same("dnnl_query_ndims_s32", MemoryDesc.NDIMS);
        same("dnnl_query_dims", MemoryDesc.DIMS);
        same("dnnl_query_data_type", MemoryDesc.DATA_TYPE);
        same("dnnl_query_format_kind", MemoryDesc.FORMAT_KIND);
        same("dnnl_query_inner_nblks_s32", MemoryDesc.INNER_NBLKS);
        same("dnnl_query_inner_blks", MemoryDesc.INNER_BLKS);
        same("dnnl_query_inner_idxs", MemoryDesc.INNER_IDXS);
        same("dnnl_blocked", MemoryDesc.BLOCKED);
        same("dnnl_query_impl_info_str", PrimitiveDesc.IMPL_INFO_STR);
        same("dnnl_backward", PrimitiveDesc.BACKWARD);
        same("dnnl_scratchpad_mode_user", Attributes.SCRATCHPAD_MODE_USER);
        same("dnnl_cpu", Onednn.CPU);
        same("dnnl_stream_default_flags", Execution.STREAM_DEFAULT);
    }

    @Test
    void arguments() {
        Map.ofEntries(
                        Map.entry("SRC", Arg.SRC),
                        Map.entry("SRC_0", Arg.SRC_0),
                        Map.entry("SRC_1", Arg.SRC_1),
                        Map.entry("DST", Arg.DST),
                        Map.entry("WEIGHTS", Arg.WEIGHTS),
                        Map.entry("BIAS", Arg.BIAS),
                        Map.entry("MEAN", Arg.MEAN),
                        Map.entry("VARIANCE", Arg.VARIANCE),
                        Map.entry("SCALE", Arg.SCALE),
                        Map.entry("SHIFT", Arg.SHIFT),
                        Map.entry("WORKSPACE", Arg.WORKSPACE),
                        Map.entry("SCRATCHPAD", Arg.SCRATCHPAD),
                        Map.entry("DIFF_SRC", Arg.DIFF_SRC),
                        Map.entry("DIFF_DST", Arg.DIFF_DST),
                        Map.entry("DIFF_WEIGHTS", Arg.DIFF_WEIGHTS),
                        Map.entry("DIFF_BIAS", Arg.DIFF_BIAS),
                        Map.entry("DIFF_SCALE", Arg.DIFF_SCALE),
                        Map.entry("DIFF_SHIFT", Arg.DIFF_SHIFT))
                .forEach((name, arg) -> same("DNNL_ARG_" + name, arg.code()));
        same("DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE", 32768);
        assertThat(Arg.postOp(2).code()).isEqualTo(3 * 32768 + 2);
    }

    @Test
    void statusNames() {
        NUMBERS.entrySet().stream()
                .filter(e -> e.getKey()
                        .matches("dnnl_(success|out_of_memory|invalid_.*|unimplemented|last_impl_reached"
                                + "|runtime_error|not_required)"))
                .forEach(e -> assertThat(new DnnlException("call", e.getValue().intValue(), "[]"))
                        .hasMessage("call returned " + e.getKey().substring(5) + "; arguments []"));
    }
}
