/**
 * A run as one self-contained HTML page: tables, charts and pictures, no script and nothing from elsewhere.
 *
 * <p>Entry types: {@link org.resnet4j.report.Page} and {@link org.resnet4j.report.LineChart}.
 */
@NullMarked
package org.resnet4j.report;

import org.jspecify.annotations.NullMarked;
