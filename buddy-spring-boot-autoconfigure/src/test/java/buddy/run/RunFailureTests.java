package buddy.run;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RunFailureTests {

	@Test
	void stackStopsWhereTheContainersFramesBegin() {
		Exception cause = failing("inner", "app.Orders", "jakarta.servlet.http.HttpServlet", "java.lang.Thread");
		Exception outer = failing("outer", "app.Service", "org.springframework.aop.Proxy",
				"org.springframework.web.servlet.DispatcherServlet", "org.apache.catalina.Valve", "java.lang.Thread");
		outer.initCause(cause);

		String trace = RunFailure.of(outer).stackTrace();

		assertThat(trace)
			.contains("outer", "app.Service", "org.springframework.aop.Proxy", "Caused by:", "inner", "app.Orders")
			.contains("... frames of the container")
			.doesNotContain("catalina", "DispatcherServlet", "jakarta.servlet", "java.lang.Thread", "more");
	}

	@Test
	void stackWithoutAContainerIsWhole() {
		String trace = RunFailure.of(failing("lonely", "app.Job", "java.lang.Thread")).stackTrace();

		assertThat(trace.lines()).containsExactly("java.lang.Exception: lonely", "\tat app.Job.call(Source.java:7)",
				"\tat java.lang.Thread.call(Source.java:7)");
	}

	@Test
	void framesOfModulesAndClassLoadersAreKnown() {
		Exception ex = new Exception("x");
		ex.setStackTrace(new StackTraceElement[] { new StackTraceElement("app", null, null, "app.Job", "run", null, 1),
				new StackTraceElement("app", "tomcat", "11", "org.apache.tomcat.Pool", "run", null, 1) });

		assertThat(RunFailure.of(ex).stackTrace()).contains("app.Job").doesNotContain("Pool");
	}

	@Test
	void messageThatLooksLikeAFrameIsKept() {
		Exception ex = failing("\tat org.apache.catalina.Nothing\nsecond line", "app.Job");

		assertThat(RunFailure.of(ex).stackTrace()).contains("second line", "app.Job");
	}

	private static Exception failing(String message, String... classes) {
		Exception ex = new Exception(message);
		ex.setStackTrace(java.util.Arrays.stream(classes)
			.map((type) -> new StackTraceElement(type, "call", "Source.java", 7))
			.toArray(StackTraceElement[]::new));
		return ex;
	}

}
