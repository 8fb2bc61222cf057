/**
 * The world outside of buddy, where the effects of steps are seen.
 */
@NullMarked
package sample.ledger;

import org.jspecify.annotations.NullMarked;
