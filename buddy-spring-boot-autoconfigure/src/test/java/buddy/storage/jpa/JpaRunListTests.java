package buddy.storage.jpa;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import buddy.session.IdempotencyKeyUsedException;
import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.RunSummary;
import buddy.storage.IdempotencyKey;
import buddy.storage.NewRun;
import buddy.storage.RunListContractTests;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;

@ParameterizedClass
@EnumSource(TestDatabase.class)
class JpaRunListTests extends RunListContractTests {

	private static final int THREADS = 8;

	private final JpaStorage storage;

	JpaRunListTests(TestDatabase database) {
		this.storage = JpaStorage.on(database, true);
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		return this.storage.application().emptyRepository();
	}

	@Test
	void ofRunsThatBeginAtOnceWithOneKeyOneBegins() throws Exception {
		WorkflowSessionRepository repository = this.storage.repository();
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			for (int round = 0; round < 10; round++) {
				IdempotencyKey key = IdempotencyKey.of(TestRun.of("any").user("alice").key(), "k" + round, "one");
				String prefix = "r" + round + "-";
				CyclicBarrier start = new CyclicBarrier(THREADS);
				List<Callable<String>> begins = IntStream.range(0, THREADS)
					.<Callable<String>>mapToObj((i) -> () -> begin(repository, start, prefix + i, key))
					.toList();
				List<String> winners = threads.invokeAll(begins).stream().map(JpaRunListTests::get).distinct().toList();
				assertThat(winners).hasSize(1);
				assertThat(repository.listRuns(RunQuery.all(), RunPage.first(1000))).extracting(RunSummary::runId)
					.filteredOn((id) -> id.startsWith(prefix))
					.isEqualTo(winners);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	/** Returns the run that has the key. */
	private static String begin(WorkflowSessionRepository repository, CyclicBarrier start, String runId,
			IdempotencyKey key) throws Exception {
		NewRun run = TestRun.of(runId).session("s" + runId).user("alice").newRun().withIdempotencyKey(key);
		start.await();
		try {
			repository.begin(run);
			return runId;
		}
		catch (IdempotencyKeyUsedException ex) {
			return ex.runId();
		}
	}

	private static <T> T get(java.util.concurrent.Future<T> future) {
		try {
			return future.get();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
