/**
 * What is stored of inputs, results, states and messages, in another form than plain
 * JSON: encrypted, or kept elsewhere.
 */
@NullMarked
package buddy.storage.codec;

import org.jspecify.annotations.NullMarked;
