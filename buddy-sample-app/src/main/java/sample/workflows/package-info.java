/**
 * The sample's workflows: one class each, found by the scan or declared as a bean.
 */
@NullMarked
package sample.workflows;

import org.jspecify.annotations.NullMarked;
