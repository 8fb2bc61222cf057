package buddy.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.storage.RunOwners;
import buddy.storage.RunOwners.Node;

/**
 * The route to list the nodes of the application.
 */
final class NodeRoutes {

	private static final int MOST = 100;

	private static final Duration MAX_TIME = Duration.ofSeconds(10);

	private final Supplier<@Nullable RunOwners> owners;

	NodeRoutes(Supplier<@Nullable RunOwners> owners) {
		this.owners = owners;
	}

	ServerResponse list(ServerRequest request, Caller caller) {
		Query.of(request);
		RunOwners all = this.owners.get();
		List<Node> nodes = (all != null) ? all.nodes(MOST, MAX_TIME) : List.of();
		return Answer.page(nodes.stream().map(NodeRoutes::view).toList(), null);
	}

	private static Map<String, @Nullable Object> view(Node node) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("node_id", node.nodeId());
		json.put("started_at", node.startedAt().getEpochSecond());
		json.put("seen_at", node.seenAt().getEpochSecond());
		json.put("expires_at", node.expiresAt().getEpochSecond());
		json.put("alive", node.alive());
		json.put("runs", node.runs());
		return json;
	}

}
