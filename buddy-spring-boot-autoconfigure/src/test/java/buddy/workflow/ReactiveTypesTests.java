package buddy.workflow;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

import io.reactivex.rxjava3.core.BackpressureStrategy;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.parallel.ParallelFlowable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.ConnectableFlux;
import reactor.core.publisher.Flux;
import reactor.core.publisher.ParallelFlux;

import buddy.workflow.internal.definition.WorkflowMethods;
import buddy.workflow.internal.result.ReactiveResultAdapter;
import buddy.workflow.internal.result.ResultAdapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Reactive types that cannot be recorded are refused at start-up, with what to do.
 */
class ReactiveTypesTests {

	@ParameterizedTest
	@ValueSource(classes = { Publishing.class, FlowPublishing.class, Rx.class, RxSingle.class })
	void withoutReactorReactiveTypesAreRefused(Class<?> workflow) throws Exception {
		ClassLoader withoutReactor = new WithoutReactor();
		assertThatThrownBy(() -> methods(withoutReactor, workflow)).rootCause()
			.hasMessageContaining(workflow.getName())
			.hasMessageContaining("Reactor is not on the class path");
	}

	@Test
	void withoutReactorTheOthersAreTaken() throws Exception {
		ClassLoader withoutReactor = new WithoutReactor();
		assertThatCode(() -> methods(withoutReactor, Pulling.class)).doesNotThrowAnyException();
	}

	@ParameterizedTest
	@ValueSource(classes = { Publishing.class, FlowPublishing.class, Rx.class, RxSingle.class })
	void withReactorTheyAreTaken(Class<? extends Workflow> workflow) {
		assertThat(ResultAdapters.of(WorkflowMethods.of(workflow).main())).isInstanceOf(ReactiveResultAdapter.class);
	}

	@ParameterizedTest
	@ValueSource(classes = { ParallelRx.class, Parallel.class, Connectable.class })
	void typesThatNobodyCanMakeAreRefused(Class<? extends Workflow> workflow) {
		assertThatExceptionOfType(InvalidWorkflowException.class).isThrownBy(() -> WorkflowMethods.of(workflow))
			.withMessageContaining(workflow.getName());
	}

	private static void methods(ClassLoader loader, Class<?> workflow) throws Exception {
		var of = loader.loadClass(WorkflowMethods.class.getName()).getDeclaredMethod("of", Class.class);
		of.setAccessible(true);
		of.invoke(null, loader.loadClass(workflow.getName()));
	}

	/** Loads buddy once more, and no class of Reactor. */
	private static final class WithoutReactor extends ClassLoader {

		WithoutReactor() {
			super(ReactiveTypesTests.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (name.startsWith("reactor.")) {
				throw new ClassNotFoundException(name);
			}
			if (!name.startsWith("buddy.")) {
				return super.loadClass(name, resolve);
			}
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : define(name);
			}
		}

		private Class<?> define(String name) throws ClassNotFoundException {
			try (InputStream bytes = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
				if (bytes == null) {
					throw new ClassNotFoundException(name);
				}
				byte[] code = bytes.readAllBytes();
				return defineClass(name, code, 0, code.length);
			}
			catch (IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

	}

	static class Publishing extends Workflow {

		Publisher<String> run() {
			return (subscriber) -> {
			};
		}

	}

	static class FlowPublishing extends Workflow {

		Flow.Publisher<String> run() {
			return (subscriber) -> {
			};
		}

	}

	static class Rx extends Workflow {

		Observable<String> run() {
			return Observable.empty();
		}

	}

	static class RxSingle extends Workflow {

		Single<String> run() {
			return Single.just("a");
		}

	}

	static class Pulling extends Workflow {

		Stream<String> run() {
			return Stream.of("a");
		}

	}

	static class ParallelRx extends Workflow {

		ParallelFlowable<String> run() {
			return Observable.just("a").toFlowable(BackpressureStrategy.ERROR).parallel();
		}

	}

	static class Parallel extends Workflow {

		ParallelFlux<String> run() {
			return Flux.just("a").parallel();
		}

	}

	static class Connectable extends Workflow {

		ConnectableFlux<String> run() {
			return Flux.just("a").publish();
		}

	}

}
