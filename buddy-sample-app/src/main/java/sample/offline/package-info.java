/**
 * A chat model that needs neither key nor network: it answers with passages of the
 * documents bundled with the sample.
 */
@NullMarked
package sample.offline;

import org.jspecify.annotations.NullMarked;
