package buddy.web;

import java.util.ArrayList;
import java.util.List;

import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * The type of response that a client accepts.
 */
enum Accept {

	/** One JSON document or a problem detail. */
	JSON,

	/** A stream of events. */
	EVENTS;

	/**
	 * Returns the offered type that the client prefers.
	 * @param request the request
	 * @param offered the types that the route offers, the default first
	 */
	static Accept of(ServerRequest request, Accept... offered) {
		List<MediaType> ranges;
		try {
			ranges = new ArrayList<>(request.headers().accept());
		}
		catch (InvalidMediaTypeException ex) {
			throw Problems.invalidParameter("The Accept header must be a comma-separated list of media types")
				.refusal();
		}
		if (ranges.isEmpty()) {
			return offered[0];
		}
		ranges.removeIf((range) -> range.getQualityValue() == 0);
		MimeTypeUtils.sortBySpecificity(ranges);
		ranges.sort((one, other) -> Double.compare(other.getQualityValue(), one.getQualityValue()));
		for (MediaType range : ranges) {
			for (Accept type : offered) {
				if (type.isIn(range)) {
					return type;
				}
			}
		}
		throw Problems.notAcceptable("The answer is "
				+ ((offered.length > 1) ? "application/json or text/event-stream" : offered[0].mediaType().toString()))
			.refusal();
	}

	private MediaType mediaType() {
		return (this == JSON) ? MediaType.APPLICATION_JSON : MediaType.TEXT_EVENT_STREAM;
	}

	private boolean isIn(MediaType range) {
		return range.includes(mediaType())
				|| (this == JSON && range.equalsTypeAndSubtype(MediaType.APPLICATION_PROBLEM_JSON));
	}

}
