/**
 * What an application's tests use: a slice with workflows and nothing around them,
 * scripted models, a clock to set, assertions on recorded runs.
 */
@NullMarked
package buddy.test;

import org.jspecify.annotations.NullMarked;
