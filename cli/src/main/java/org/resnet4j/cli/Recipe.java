package org.resnet4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options of {@code train} under a name: a file of {@code recipes/} or of the user's own. The smallest part of YAML: after the lines
 * of the header, {@code # key: value}, one {@code option: value} a line, and comments. Each option is read and checked by the parser
 * of the command line itself. A file that is anything else throws {@link IllegalArgumentException} with its line.
 *
 * @param name of the recipe or file
 * @param header command, expected accuracy, time and machine, in words
 * @param settings values by the names of the command line's options
 */
record Recipe(String name, Map<String, String> header, Map<String, String> settings) {
    /** The recipes that come with this program. */
    static final List<String> NAMES = List.of(
            "fast-cifar",
            "finetune",
            "paper-cifar",
            "paper-cifar110",
            "paper-imagenet",
            "rsb-a3",
            "torchvision-v1",
            "torchvision-v2");

    /** What each header says, in this order. */
    static final List<String> HEADER = List.of("command", "expected", "time", "machine");

    private static final int MOST_BYTES = 1 << 16;
    private static final Pattern ABOUT = Pattern.compile("# (\\w+): (\\S.*)");
    private static final Pattern SETTING = Pattern.compile("([a-z][a-z0-9-]*): (\\S[^#\"'\\[\\]{}&*!|>%@`]*)");
    /** What a recipe is not about: where, on what machine, and other recipes. */
    private static final Set<String> NOT_IN_A_RECIPE = Set.of(
            "recipe",
            "resume",
            "out",
            "data",
            "limit",
            "json",
            "dry-run",
            "find-lr",
            "threads",
            "workers",
            "max-memory",
            "initial-checkpoint",
            "from",
            "new-head",
            "help");

    /** Two ways to say how long; who gives one means not the recipe's other. */
    private static final Map<String, String> LENGTHS = Map.of("--epochs", "--steps", "--steps", "--epochs");

    /** A recipe of this program by its name, or any file whose name ends in {@code .yaml}. */
    static Recipe of(String nameOrFile) throws IOException {
        if (nameOrFile.endsWith(".yaml")) {
            Path file = Path.of(nameOrFile);
            if (Files.size(file) > MOST_BYTES) {
                throw new IllegalArgumentException(
                        file + ": a recipe has at most " + MOST_BYTES + " bytes, found " + Files.size(file));
            }
            return parse(nameOrFile, Files.readString(file));
        }
        if (!NAMES.contains(nameOrFile)) {
            throw new IllegalArgumentException("--recipe must be a file that ends in .yaml or one of "
                    + String.join(", ", NAMES) + ", found " + nameOrFile);
        }
        try (InputStream in = Recipe.class.getResourceAsStream("/recipes/" + nameOrFile + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException(nameOrFile + ".yaml is part of this program");
            }
            return parse(nameOrFile, new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
        }
    }

    /** Reads a recipe's text. */
    static Recipe parse(String name, String text) {
        Map<String, String> header = new LinkedHashMap<>();
        Map<String, String> settings = new LinkedHashMap<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            Matcher about = ABOUT.matcher(line);
            if (header.size() < HEADER.size()) {
                if (!about.matches() || !about.group(1).equals(HEADER.get(header.size()))) {
                    throw new IllegalArgumentException(
                            name + ", line " + number + ": a recipe begins with lines like '# "
                                    + HEADER.get(header.size()) + ": ...', found '" + line + "'");
                }
                header.put(about.group(1), about.group(2));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                Matcher setting = SETTING.matcher(line);
                if (!setting.matches()) {
                    throw new IllegalArgumentException(name + ", line " + number
                            + ": a setting is 'option: value', without quotes or brackets, found '" + line + "'");
                }
                if (settings.put(setting.group(1), setting.group(2).strip()) != null) {
                    throw new IllegalArgumentException(
                            name + ", line " + number + ": " + setting.group(1) + " is there twice");
                }
            }
        }
        if (header.size() < HEADER.size()) {
            throw new IllegalArgumentException(
                    name + ": a recipe begins with " + HEADER + ", found " + header.keySet());
        }
        return new Recipe(name, header, settings);
    }

    /**
     * Sets the options of a command that were not given on its command line.
     *
     * @param given what was parsed
     * @param another makes a command of the same kind, for the recipe's own parsing
     */
    void applyTo(CommandLine given, Supplier<Object> another) {
        CommandLine own = new CommandLine(another.get());
        List<String> arguments = new ArrayList<>();
        settings.forEach((option, value) -> arguments.add(argument(own, option, value)));
        try {
            own.parseArgs(arguments.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
        for (OptionSpec option : own.getParseResult().matchedOptions()) {
            boolean named = option.longestName().equals("--model")
                    && given.getParseResult().hasMatchedPositional(0);
            OptionSpec target = given.getCommandSpec().findOption(option.longestName());
            String otherLength = LENGTHS.get(option.longestName());
            boolean replaced = otherLength != null
                    && given.getParseResult()
                            .hasMatchedOption(given.getCommandSpec().findOption(otherLength));
            if (!named && !replaced && !given.getParseResult().hasMatchedOption(target)) {
                Object value = option.getValue();
                target.setValue(value);
            }
        }
    }

    private String argument(CommandLine own, String option, String value) {
        OptionSpec known = own.getCommandSpec().findOption("--" + option);
        if (known == null || NOT_IN_A_RECIPE.contains(option)) {
            throw new IllegalArgumentException(name + ": a recipe has options of training, found " + option);
        }
        if (known.arity().max() > 0) {
            return "--" + option + "=" + value;
        }
        if (!value.equals("true")) {
            throw new IllegalArgumentException(
                    name + ": " + option + " is there or not, so its value is true, found " + value);
        }
        return "--" + option;
    }
}
