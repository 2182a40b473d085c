package org.resnet4j.json;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/** Reads and writes JSON documents as trees of Java values. Objects keep the order of their keys. Stateless. */
public final class Json {
    private static final int MAX_DEPTH = 64;
    /** Values in a document, or in a member of one that is read member by member: what a hostile one may take of the heap. */
    private static final int MAX_VALUES = 1_000_000;

    /** Characters of a value that an error shows. */
    private static final int BRIEF = 80;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(64)
                    .maxNameLength(4096)
                    .maxStringLength(1 << 24)
                    .build())
            .build();

    private Json() {}

    /**
     * The document as a value: {@code Map<String, Object>}, {@code List<Object>}, String, Long, Double, Boolean or null.
     *
     * @throws JsonException if it is not one well-formed document within the limits
     */
    public static @Nullable Object parse(String text) throws JsonException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            parser.nextToken();
            Object value = value(parser, new Budget());
            requireEnd(parser);
            return value;
        } catch (JacksonException e) {
            throw new JsonException(e.getOriginalMessage());
        }
    }

    /** Takes the members of an object in their order. */
    public interface Members {
        /** One of them, its value as {@link #parse} gives it. */
        void member(String name, @Nullable Object value) throws IOException;
    }

    /**
     * Reads a document that must be an object and may be long: no more than one member is held at a time.
     *
     * @throws JsonException if it is not one well-formed object within the limits
     * @throws IOException what {@code text} or {@code to} throws
     */
    public static void readMembers(Reader text, Members to) throws IOException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonException("the document must be an object, found " + parser.currentToken());
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                to.member(name, value(parser, new Budget()));
            }
            requireEnd(parser);
        } catch (JacksonIOException e) {
            throw e.getCause(); // what the reader threw
        } catch (JacksonException e) {
            throw new JsonException(e.getOriginalMessage());
        }
    }

    private static void requireEnd(JsonParser parser) throws JsonException {
        if (parser.nextToken() != null) {
            throw new JsonException("only white space may follow the document, found " + parser.currentToken());
        }
    }

    /** Counts values, so that a small document of many is refused before it fills the heap. */
    private static final class Budget {
        private int left = MAX_VALUES;

        void take() throws JsonException {
            if (--left < 0) {
                throw new JsonException("at most " + MAX_VALUES + " values are read at a time, found more");
            }
        }
    }

    /** The document, which must be an object. */
    public static Map<String, @Nullable Object> parseObject(String text) throws JsonException {
        return object(parse(text), "the document");
    }

    /** {@code value} as an object; {@code what} names it in the error. */
    @SuppressWarnings("unchecked") // a Map here was made by value() below, with string keys
    public static Map<String, @Nullable Object> object(@Nullable Object value, String what) throws JsonException {
        if (value instanceof Map) {
            return (Map<String, @Nullable Object>) value;
        }
        throw new JsonException(what + " must be an object, found " + brief(value));
    }

    /** A value as errors show it: not at length. */
    public static String brief(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= BRIEF ? text : text.substring(0, BRIEF) + "...";
    }

    /** Nothing that is read may be what cannot be written. */
    private static double finite(JsonParser parser) throws JsonException {
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) {
            throw new JsonException("a number must be one of double precision, found " + brief(parser.getString()));
        }
        return value;
    }

    private static @Nullable Object value(JsonParser parser, Budget budget) throws JsonException {
        budget.take();
        JsonToken token = parser.currentToken();
        return switch (token) {
            case null -> throw new JsonException("the document is empty");
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    map.put(name, value(parser, budget));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser, budget));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> finite(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new JsonException("unexpected " + token);
        };
    }

    /** The value as a compact document. */
    public static String write(@Nullable Object value) {
        StringWriter out = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            write(generator, value);
        }
        return out.toString();
    }

    private static void write(JsonGenerator out, @Nullable Object value) {
        switch (value) {
            case null -> out.writeNull();
            case Map<?, ?> map -> {
                out.writeStartObject();
                map.forEach((k, v) -> {
                    out.writeName((String) k);
                    write(out, v);
                });
                out.writeEndObject();
            }
            case Iterable<?> list -> {
                out.writeStartArray();
                list.forEach(v -> write(out, v));
                out.writeEndArray();
            }
            case Double d when !Double.isFinite(d) -> throw new IllegalArgumentException("JSON has no number for " + d);
            case Double d -> out.writeNumber(d);
            case Long l -> out.writeNumber(l);
            case Integer i -> out.writeNumber(i);
            case Boolean b -> out.writeBoolean(b);
            case Enum<?> e -> out.writeString(e.name());
            case String s -> out.writeString(s);
            default ->
                throw new IllegalArgumentException(
                        "JSON is not written from " + value.getClass().getName());
        }
    }
}
