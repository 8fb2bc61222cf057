/**
 * The sample application: buddy's workflows behind HTTP.
 */
@NullMarked
package sample;

import org.jspecify.annotations.NullMarked;
