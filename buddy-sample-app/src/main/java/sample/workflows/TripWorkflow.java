package sample.workflows;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

import sample.ledger.Ledger;

/**
 * Books a hotel in each city, all at once: steps of different branches have places of
 * their own.
 */
public class TripWorkflow extends Workflow {

	private final Agent guide;

	private final Ledger ledger;

	public TripWorkflow(Agents agents, Ledger ledger) {
		super(WorkflowSettings.builder().description("Book hotels in several cities at once.").build());
		this.guide = agents.named("guide").build();
		this.ledger = ledger;
	}

	public List<Stay> run(List<String> cities,
			@JsonProperty("pace_ms") @JsonPropertyDescription("How long each booking takes, in milliseconds.") @Nullable Integer paceMs) {
		int pace = (paceMs != null) ? paceMs : 0;
		return parallel("book", cities, (city) -> {
			String hotel = step("hotel", () -> book(pace));
			String sights = this.guide.run("Find key facts about " + city + ".").contentAsString();
			return new Stay(city, hotel, sights);
		});
	}

	/** What a step does to the state is recorded with its result. */
	private String book(int pace) {
		String receipt = this.ledger.apply(runId(), "hotel", stepKey(), pace);
		sessionState().increment("booked", 1);
		return receipt;
	}

	record Stay(String city, String hotel, String sights) {
	}

}
