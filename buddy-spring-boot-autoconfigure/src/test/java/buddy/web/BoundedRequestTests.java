package buddy.web;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.servlet.function.ServerRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Requests are refused before they need memory or a database that is not there.
 */
class BoundedRequestTests {

	private final RequestBody bodies = new RequestBody(new WebSettings.Limits(200_000, 250_000, 10, 1, 1));

	@Test
	void documentOfManySmallValuesIsRefusedByTheirNumber() {
		assertThat(this.bodies.object(request("{\"a\":[" + "{},".repeat(9_000) + "{}]}"))).hasSize(1);
		refused("{\"a\":[" + "{},".repeat(11_000) + "{}]}", "malformed-json", 400);
	}

	@Test
	void bodiesOfAllRequestsTogetherAreBounded() {
		String large = "{\"a\":\"" + "x".repeat(150_000) + "\"}";
		ServerRequest first = request(large);
		this.bodies.object(first);
		Problem problem = refused(large, "overloaded", 503);
		assertThat(problem.headers()).containsKey("Retry-After");
		assertThat(problem.detail()).contains("buddy.web.max-in-flight-size");
		this.bodies.object(request("{\"a\":1}"));
		RequestBody.release(first.servletRequest());
		RequestBody.release(first.servletRequest());
		ServerRequest second = request(large);
		this.bodies.object(second);
		refused(large, "overloaded", 503);
		RequestBody.release(second.servletRequest());
		this.bodies.object(request(large));
	}

	@Test
	void refusedBodyGivesItsPlaceBackWithItsRequest() {
		for (int i = 0; i < 10; i++) {
			ServerRequest request = request("{\"a\":" + " ".repeat(150_000));
			assertThatExceptionOfType(Problem.Refusal.class).isThrownBy(() -> this.bodies.object(request));
			RequestBody.release(request.servletRequest());
		}
		assertThat(this.bodies.object(request("{\"a\":1}"))).hasSize(1);
	}

	@Test
	void bodyOfUnknownLengthCountsAsWhatWasRead() {
		for (int i = 0; i < 10; i++) {
			MockHttpServletRequest chunked = new MockHttpServletRequest("POST", "/") {

				@Override
				public long getContentLengthLong() {
					return -1;
				}

			};
			chunked.setContent("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
			assertThat(this.bodies.object(ServerRequest.create(chunked, List.of()))).hasSize(1);
		}
	}

	@Test
	void numberThatIsNoneIsNamedByItsPath() {
		Problem problem = refused("{\"input\":{\"a\":[1,NaN]}}", "malformed-json", 400);
		assertThat(problem.more()).containsEntry("path", "input.a[1]");
		assertThat(refused("{\"a\":-Infinity}", "malformed-json", 400).more()).containsEntry("path", "a");
	}

	@ParameterizedTest
	@MethodSource("outages")
	void databaseThatIsAwayIsUnavailable(Exception outage) {
		for (Exception ex : List.of(outage, new IllegalStateException("wrapped", outage))) {
			Problem problem = Problems.of(ex);
			assertThat(problem.status().value()).isEqualTo(503);
			assertThat(problem.name()).isEqualTo("database-unavailable");
			assertThat(problem.headers()).containsKey("Retry-After");
		}
	}

	static Stream<Exception> outages() {
		return Stream.of(new CannotGetJdbcConnectionException("away", new SQLTransientConnectionException("timeout")),
				new DataAccessResourceFailureException("away"), new QueryTimeoutException("slow"),
				new CannotCreateTransactionException("away"), new SQLException("gone", "08006"),
				new SQLException("stops", "57P01"), new SQLException("full", "53300"),
				new SQLException("closed", "90121", 90121));
	}

	@Test
	void faultOfAStatementIsNoOutage() {
		assertThat(Problems.of(new DataIntegrityViolationException("twice")).status().value()).isEqualTo(500);
		assertThat(Problems.of(new SQLException("syntax", "42000")).status().value()).isEqualTo(500);
	}

	private Problem refused(String json, String name, int status) {
		try {
			this.bodies.object(request(json));
		}
		catch (Problem.Refusal ex) {
			assertThat(ex.problem().name()).isEqualTo(name);
			assertThat(ex.problem().status().value()).isEqualTo(status);
			return ex.problem();
		}
		throw new AssertionError("It was read");
	}

	private static ServerRequest request(String json) {
		MockHttpServletRequest request = new MockHttpServletRequest("POST", "/");
		request.setContent(json.getBytes(StandardCharsets.UTF_8));
		return ServerRequest.create(request, List.of());
	}

}
