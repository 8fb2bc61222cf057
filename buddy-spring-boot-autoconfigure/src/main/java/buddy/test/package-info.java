/**
 * Test support for applications: a test slice for workflows, scripted models, a settable
 * clock, and assertions on recorded runs.
 */
@NullMarked
package buddy.test;

import org.jspecify.annotations.NullMarked;
