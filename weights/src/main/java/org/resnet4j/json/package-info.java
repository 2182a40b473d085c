/**
 * JSON as plain Java values: maps, lists, strings, longs, doubles, booleans.
 *
 * <p>Entry type: {@link org.resnet4j.json.Json}. Strict: duplicate keys, what follows the value, and documents deeper or longer
 * than the limits are refused. Nothing is bound to types by reflection.
 */
@NullMarked
package org.resnet4j.json;

import org.jspecify.annotations.NullMarked;
