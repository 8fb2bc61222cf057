package buddy.observability;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * What buddy observes.
 */
public enum BuddyObservation implements ObservationDocumentation {

	/** A run, from the call until its end is stored, also one that was refused. */
	RUN {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultRunObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return RunLowCardinalityKey.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return RunHighCardinalityKey.values();
		}

	},

	/**
	 * A call of an agent, within a run or outside of one. Spring AI's observations of the
	 * chat client, its tools and the model are its children.
	 */
	AGENT_CALL {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultAgentObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return AgentLowCardinalityKey.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return AgentHighCardinalityKey.values();
		}

	};

	/**
	 * Keys of a run with few values: they are tags of its metrics.
	 */
	public enum RunLowCardinalityKey implements KeyName {

		/** The id of the workflow. */
		WORKFLOW_ID {
			@Override
			public String asString() {
				return "buddy.workflow.id";
			}
		},

		/**
		 * Where the run stands: {@code running}, {@code completed}, {@code error},
		 * {@code cancelled}, or {@code refused} if it has never begun.
		 */
		STATUS {
			@Override
			public String asString() {
				return "buddy.run.status";
			}
		},

		/**
		 * Why buddy ended the run: {@code cancelled}, {@code timeout}, {@code abandoned},
		 * …, or {@code none}.
		 */
		CAUSE {
			@Override
			public String asString() {
				return "buddy.run.cause";
			}
		},

		/** The class of what the run, or opening its session, threw, or {@code none}. */
		ERROR_TYPE {
			@Override
			public String asString() {
				return "error.type";
			}
		}

	}

	/**
	 * Keys of a run with many values: they are attributes of its span alone.
	 */
	public enum RunHighCardinalityKey implements KeyName {

		/** {@code invoke_workflow}, by the conventions of OpenTelemetry. */
		OPERATION_NAME {
			@Override
			public String asString() {
				return "gen_ai.operation.name";
			}
		},

		/** The id of the workflow, by the conventions of OpenTelemetry. */
		WORKFLOW_NAME {
			@Override
			public String asString() {
				return "gen_ai.workflow.name";
			}
		},

		/** The id of the session, by the conventions of OpenTelemetry. */
		CONVERSATION_ID {
			@Override
			public String asString() {
				return "gen_ai.conversation.id";
			}
		},

		/** The id of the run. */
		RUN_ID {
			@Override
			public String asString() {
				return "buddy.run.id";
			}
		},

		/** The id of the run that called this one, if there is one. */
		PARENT_RUN_ID {
			@Override
			public String asString() {
				return "buddy.run.parent_id";
			}
		},

		/** Why a cancelled run was asked to stop. */
		CANCEL_REASON {
			@Override
			public String asString() {
				return "buddy.run.cancel_reason";
			}
		},

		/** The recorded input as JSON, where content is included. */
		INPUT {
			@Override
			public String asString() {
				return "buddy.run.input";
			}
		},

		/** The content that the run gave, where content is included. */
		OUTPUT {
			@Override
			public String asString() {
				return "buddy.run.output";
			}
		}

	}

	/**
	 * Keys of an agent's call with few values: they are tags of its metrics.
	 */
	public enum AgentLowCardinalityKey implements KeyName {

		/** The id of the workflow whose run calls the agent, or {@code none}. */
		WORKFLOW_ID {
			@Override
			public String asString() {
				return "buddy.workflow.id";
			}
		},

		/** Who serves the model, or {@code unknown}. */
		PROVIDER_NAME {
			@Override
			public String asString() {
				return "gen_ai.provider.name";
			}
		},

		/** The model that was asked for, or {@code unknown}. */
		REQUEST_MODEL {
			@Override
			public String asString() {
				return "gen_ai.request.model";
			}
		},

		/** The class of what the call threw, or {@code none}. */
		ERROR_TYPE {
			@Override
			public String asString() {
				return "error.type";
			}
		}

	}

	/**
	 * Keys of an agent's call with many values: they are attributes of its span alone.
	 */
	public enum AgentHighCardinalityKey implements KeyName {

		/** {@code invoke_agent}, by the conventions of OpenTelemetry. */
		OPERATION_NAME {
			@Override
			public String asString() {
				return "gen_ai.operation.name";
			}
		},

		/** The id of the agent. */
		AGENT_ID {
			@Override
			public String asString() {
				return "gen_ai.agent.id";
			}
		},

		/** The name of the agent. */
		AGENT_NAME {
			@Override
			public String asString() {
				return "gen_ai.agent.name";
			}
		},

		/** The id of the session, within a run. */
		CONVERSATION_ID {
			@Override
			public String asString() {
				return "gen_ai.conversation.id";
			}
		},

		/** The id of the run, within one. */
		RUN_ID {
			@Override
			public String asString() {
				return "buddy.run.id";
			}
		},

		/** How many tokens all model calls of this call were given. */
		INPUT_TOKENS {
			@Override
			public String asString() {
				return "gen_ai.usage.input_tokens";
			}
		},

		/** How many tokens all model calls of this call gave. */
		OUTPUT_TOKENS {
			@Override
			public String asString() {
				return "gen_ai.usage.output_tokens";
			}
		},

		/** What the agent was asked, where content is included. */
		PROMPT {
			@Override
			public String asString() {
				return "buddy.agent.prompt";
			}
		},

		/** What the agent answered, where content is included. */
		ANSWER {
			@Override
			public String asString() {
				return "buddy.agent.answer";
			}
		}

	}

}
