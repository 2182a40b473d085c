package org.resnet4j.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how many pictures a batch has: the line is not understood where that is none. */
final class BatchSize implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
        int n;
        try {
            n = Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("a whole number of pictures is expected, found " + value);
        }
        if (n < 1) {
            throw new TypeConversionException("a batch has at least 1 picture, found " + value);
        }
        return n;
    }
}
