/**
 * Agents: a language model bound to instructions, tools, history and an answer type.
 */
@NullMarked
package buddy.agent;

import org.jspecify.annotations.NullMarked;
