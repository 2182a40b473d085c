package org.resnet4j.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.json.Json;
import org.resnet4j.json.JsonException;

/**
 * A JSON object, read field by field; an error names the place, the field and what was found.
 *
 * @param where name of the object in errors
 * @param json the object
 */
record Fields(String where, Map<String, @Nullable Object> json) {
    long number(String name) throws JsonException {
        if (json.get(name) instanceof Long l) {
            return l;
        }
        throw wrong(name, "a whole number");
    }

    int integer(String name) throws JsonException {
        long value = number(name);
        if (value != (int) value) {
            throw wrong(name, "a number of 32 bits");
        }
        return (int) value;
    }

    double real(String name) throws JsonException {
        return switch (json.get(name)) {
            case Double d -> d;
            case Long l -> (double) l;
            case null, default -> throw wrong(name, "a number");
        };
    }

    boolean flag(String name) throws JsonException {
        if (json.get(name) instanceof Boolean b) {
            return b;
        }
        throw wrong(name, "true or false");
    }

    String text(String name) throws JsonException {
        if (json.get(name) instanceof String s) {
            return s;
        }
        throw wrong(name, "a string");
    }

    Fields object(String name) throws JsonException {
        return new Fields(where + "." + name, Json.object(json.get(name), where + "." + name));
    }

    boolean has(String name) {
        return json.get(name) != null;
    }

    List<Fields> objects(String name) throws JsonException {
        List<Fields> all = new ArrayList<>();
        for (Object each : list(name)) {
            String place = where + "." + name + "[" + all.size() + "]";
            all.add(new Fields(place, Json.object(each, place)));
        }
        return all;
    }

    List<Long> numbers(String name) throws JsonException {
        List<Long> all = new ArrayList<>();
        for (Object each : list(name)) {
            if (!(each instanceof Long l)) {
                throw wrong(name, "whole numbers");
            }
            all.add(l);
        }
        return all;
    }

    private List<?> list(String name) throws JsonException {
        if (json.get(name) instanceof List<?> l) {
            return l;
        }
        throw wrong(name, "a list");
    }

    /** The enum constant of this name. */
    <E extends Enum<E>> E constant(String name, Class<E> type) throws JsonException {
        String found = text(name);
        for (E e : type.getEnumConstants()) {
            if (e.name().equals(found)) {
                return e;
            }
        }
        throw wrong(name, "one of " + List.of(type.getEnumConstants()));
    }

    JsonException wrong(String name, String wanted) {
        return new JsonException(where + "." + name + " must be " + wanted + ", found " + json.get(name));
    }
}
