/**
 * Agents: language models with instructions, tools, history and an answer type.
 */
@NullMarked
package buddy.agent;

import org.jspecify.annotations.NullMarked;
