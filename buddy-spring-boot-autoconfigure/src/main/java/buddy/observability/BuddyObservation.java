package buddy.observability;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of buddy.
 */
public enum BuddyObservation implements ObservationDocumentation {

	/** A run, from the call until its end is stored, including runs that are refused. */
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
	 * An agent call, inside or outside of a run. Spring AI's observations of the chat
	 * client, its tools and the model are its children.
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

	},

	/** A step of a workflow's own code, executed or handed back from what is recorded. */
	STEP {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultStepObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return StepLowCardinalityKey.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return StepHighCardinalityKey.values();
		}

	};

	/**
	 * Low cardinality keys of a run, used as tags of its metrics.
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
		 * The status of the run: {@code running}, {@code completed}, {@code error},
		 * {@code cancelled}, or {@code refused} if it never began.
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

		/**
		 * The class of the exception of the run or of opening its session, or
		 * {@code none}.
		 */
		ERROR_TYPE {
			@Override
			public String asString() {
				return "error.type";
			}
		}

	}

	/**
	 * High cardinality keys of a run, used only as attributes of its span.
	 */
	public enum RunHighCardinalityKey implements KeyName {

		/** {@code invoke_workflow}, by OpenTelemetry's conventions. */
		OPERATION_NAME {
			@Override
			public String asString() {
				return "gen_ai.operation.name";
			}
		},

		/** The id of the workflow, by OpenTelemetry's conventions. */
		WORKFLOW_NAME {
			@Override
			public String asString() {
				return "gen_ai.workflow.name";
			}
		},

		/** The id of the session, by OpenTelemetry's conventions. */
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

		/** The number of the run's execution, if it was continued. */
		EPOCH {
			@Override
			public String asString() {
				return "buddy.run.epoch";
			}
		},

		/** Why a cancelled run was asked to stop. */
		CANCEL_REASON {
			@Override
			public String asString() {
				return "buddy.run.cancel_reason";
			}
		},

		/** The recorded input as JSON, if content is included. */
		INPUT {
			@Override
			public String asString() {
				return "buddy.run.input";
			}
		},

		/** The content of the run's response, if content is included. */
		OUTPUT {
			@Override
			public String asString() {
				return "buddy.run.output";
			}
		}

	}

	/**
	 * Low cardinality keys of an agent call, used as tags of its metrics.
	 */
	public enum AgentLowCardinalityKey implements KeyName {

		/** The id of the workflow whose run calls the agent, or {@code none}. */
		WORKFLOW_ID {
			@Override
			public String asString() {
				return "buddy.workflow.id";
			}
		},

		/** The provider of the model, or {@code unknown}. */
		PROVIDER_NAME {
			@Override
			public String asString() {
				return "gen_ai.provider.name";
			}
		},

		/** The requested model, or {@code unknown}. */
		REQUEST_MODEL {
			@Override
			public String asString() {
				return "gen_ai.request.model";
			}
		},

		/** The class of the exception of the call, or {@code none}. */
		ERROR_TYPE {
			@Override
			public String asString() {
				return "error.type";
			}
		}

	}

	/**
	 * High cardinality keys of an agent call, used only as attributes of its span.
	 */
	public enum AgentHighCardinalityKey implements KeyName {

		/** {@code invoke_agent}, by OpenTelemetry's conventions. */
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

		/** The number of input tokens of all model calls. */
		INPUT_TOKENS {
			@Override
			public String asString() {
				return "gen_ai.usage.input_tokens";
			}
		},

		/** The number of output tokens of all model calls. */
		OUTPUT_TOKENS {
			@Override
			public String asString() {
				return "gen_ai.usage.output_tokens";
			}
		},

		/** The prompt, if content is included. */
		PROMPT {
			@Override
			public String asString() {
				return "buddy.agent.prompt";
			}
		},

		/** The answer, if content is included. */
		ANSWER {
			@Override
			public String asString() {
				return "buddy.agent.answer";
			}
		}

	}

	/**
	 * Low cardinality keys of a step, used as tags of its metrics.
	 */
	public enum StepLowCardinalityKey implements KeyName {

		/** The id of the workflow. */
		WORKFLOW_ID {
			@Override
			public String asString() {
				return "buddy.workflow.id";
			}
		},

		/** The name of the step. */
		STEP_NAME {
			@Override
			public String asString() {
				return "buddy.step.name";
			}
		},

		/**
		 * {@code executed}, {@code replayed}, {@code failed} or {@code interrupted};
		 * {@code running} before the end.
		 */
		OUTCOME {
			@Override
			public String asString() {
				return "buddy.step.outcome";
			}
		}

	}

	/**
	 * High cardinality keys of a step, used only as attributes of its span.
	 */
	public enum StepHighCardinalityKey implements KeyName {

		/** The key of the step, unlike that of any other step of the run. */
		STEP_KEY {
			@Override
			public String asString() {
				return "buddy.step.key";
			}
		},

		/** The id of the run. */
		RUN_ID {
			@Override
			public String asString() {
				return "buddy.run.id";
			}
		}

	}

}
