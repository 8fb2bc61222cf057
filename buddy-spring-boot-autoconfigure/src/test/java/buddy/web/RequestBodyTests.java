package buddy.web;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.servlet.function.ServerRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RequestBodyTests {

	private final RequestBody body = new RequestBody(new WebSettings.Limits(10_000, 100_000, 1, 1, 1));

	@Test
	void decimalsAreExact() {
		assertThat(read("{\"a\":12345678901234567.89,\"b\":9.90,\"in\":[{\"c\":0.10}],\"n\":1,\"l\":5000000000}"))
			.isEqualTo(Map.of("a", new BigDecimal("12345678901234567.89"), "b", new BigDecimal("9.90"), "in",
					List.of(Map.of("c", new BigDecimal("0.10"))), "n", 1, "l", 5_000_000_000L));
	}

	@ParameterizedTest
	@ValueSource(strings = { "1e400", "-1e999", "1e999999999", "1e-999999999", "1e99999999999", "NaN" })
	void numberThatNobodyCanMeasureIsRefused(String number) {
		assertThatThrownBy(() -> read("{\"a\":[" + number + "]}")).isNotInstanceOf(ArithmeticException.class)
			.hasMessageNotContaining("OutOfMemory");
	}

	private Map<String, Object> read(String json) {
		MockHttpServletRequest request = new MockHttpServletRequest("POST", "/");
		request.setContent(json.getBytes(StandardCharsets.UTF_8));
		return this.body.object(ServerRequest.create(request, List.of()));
	}

}
