/**
 * Budgets: how many tokens, how much money and how much time the calls of models may use
 * in a period.
 */
@NullMarked
package buddy.budget;

import org.jspecify.annotations.NullMarked;
