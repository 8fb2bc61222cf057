package com.example;

import java.util.List;

import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
public class Application {

	public static void main(String[] args) {
		SpringApplication.run(Application.class, args);
	}

	// Stands in for a model, so that no key is needed.
	@Bean
	ChatModel standIn() {
		return (prompt) -> new ChatResponse(
				List.of(new Generation(new AssistantMessage("You asked: " + prompt.getUserMessage().getText()))));
	}

}
