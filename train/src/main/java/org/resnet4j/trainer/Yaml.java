package org.resnet4j.trainer;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.Json;

/** Writes nested maps as YAML in block style; scalars and lists are JSON, which YAML 1.2 contains. */
final class Yaml {
    private Yaml() {}

    static String write(Map<String, @Nullable Object> map) {
        StringBuilder text = new StringBuilder();
        write(map, "", text);
        return text.toString();
    }

    private static void write(Map<?, ?> map, String indent, StringBuilder text) {
        map.forEach((name, value) -> {
            text.append(indent).append(name).append(':');
            if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
                text.append('\n');
                write(inner, indent + "  ", text);
            } else {
                text.append(' ').append(Json.write(value)).append('\n');
            }
        });
    }
}
