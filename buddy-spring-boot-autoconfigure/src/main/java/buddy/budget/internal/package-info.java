/**
 * What counts against budgets, and refuses calls of models when they are used up.
 */
@NullMarked
package buddy.budget.internal;

import org.jspecify.annotations.NullMarked;
