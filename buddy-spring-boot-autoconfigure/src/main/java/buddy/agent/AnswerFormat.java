package buddy.agent;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.converter.BeanOutputConverter;
import org.springframework.core.ParameterizedTypeReference;
import tools.jackson.core.JacksonException;

/**
 * The type of an agent's answers: how the model is told, and how its answer is read.
 */
final class AnswerFormat {

	private final String typeName;

	private final BeanOutputConverter<?> converter;

	private AnswerFormat(String typeName, BeanOutputConverter<?> converter) {
		this.typeName = typeName;
		this.converter = converter;
	}

	static AnswerFormat of(Class<?> type) {
		return new AnswerFormat(type.getSimpleName(), new BeanOutputConverter<>(type));
	}

	static AnswerFormat of(ParameterizedTypeReference<?> type) {
		return new AnswerFormat(type.getType().getTypeName(), new BeanOutputConverter<>(type));
	}

	String instructions() {
		return this.converter.getFormat();
	}

	Object read(String agentName, @Nullable String answer) {
		if (answer == null || answer.isBlank()) {
			throw new AgentAnswerException(agentName, this.typeName, answer, null);
		}
		Object content;
		try {
			content = this.converter.convert(answer);
		}
		catch (JacksonException | IllegalArgumentException ex) {
			throw new AgentAnswerException(agentName, this.typeName, answer, ex);
		}
		if (content == null) {
			throw new AgentAnswerException(agentName, this.typeName, answer, null);
		}
		return content;
	}

}
