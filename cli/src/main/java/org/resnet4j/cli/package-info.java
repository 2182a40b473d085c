/**
 * The {@code resnet} command, one class a command.
 *
 * <p>Entry type: {@link org.resnet4j.cli.Main}. The only place that reads the environment and knows the terminal. Exit codes: 0
 * done, 1 failed or findings, 2 usage, 3 bad input, 130 interrupted.
 */
@NullMarked
package org.resnet4j.cli;

import org.jspecify.annotations.NullMarked;
