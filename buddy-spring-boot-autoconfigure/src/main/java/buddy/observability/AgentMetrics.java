package buddy.observability;

import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

import buddy.agent.AgentInterception;
import buddy.agent.AgentInterceptor;
import buddy.agent.AgentStart;
import buddy.observability.BuddyObservation.AgentLowCardinalityKey;
import buddy.run.RunContext;
import buddy.run.RunResponse;

/**
 * Counts the tokens that each workflow uses, by model. Spring AI's own metrics do not
 * know the workflow.
 */
final class AgentMetrics implements AgentInterceptor {

	private final MeterProvider<Counter> tokens;

	AgentMetrics(MeterRegistry registry) {
		this.tokens = Counter.builder("buddy.agent.tokens")
			.description("Tokens of agents' calls, by the workflow that called")
			.withRegistry(registry);
	}

	@Override
	public AgentInterception starting(AgentStart call) {
		return new CountedCall(call);
	}

	private final class CountedCall implements AgentInterception {

		private final AgentStart call;

		CountedCall(AgentStart call) {
			this.call = call;
		}

		@Override
		public Entry enter() {
			return Entry.NONE;
		}

		@Override
		public void ended(@Nullable RunResponse response, @Nullable Throwable failure) {
			if (response != null) {
				count("input", Tokens.input(response));
				count("output", Tokens.output(response));
			}
		}

		private void count(String type, long tokens) {
			RunContext run = this.call.run();
			String model = this.call.model();
			if (tokens > 0) {
				AgentMetrics.this.tokens.withTags(Tags.of(AgentLowCardinalityKey.WORKFLOW_ID.asString(),
						(run != null) ? run.workflowId() : KeyValue.NONE_VALUE,
						AgentLowCardinalityKey.REQUEST_MODEL.asString(), (model != null) ? model : "unknown",
						"gen_ai.token.type", type))
					.increment(tokens);
			}
		}

	}

}
