package buddy.workflow.internal.result;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import buddy.run.RunResponse;
import buddy.workflow.internal.definition.ReactiveTypes;
import buddy.workflow.internal.execution.LifecycleEvents;
import buddy.workflow.internal.execution.RunBody;
import buddy.workflow.internal.execution.RunStarter;

/**
 * Adapter for {@code Flux}, {@code Mono} and every other reactive type that Spring knows.
 * Each subscription is a separate run, which ends when the publisher does. Loaded only if
 * Reactor is present.
 */
public final class ReactiveResultAdapter implements ResultAdapter {

	@Override
	public boolean supports(ResolvableType returnType) {
		return ReactiveTypes.adapter(returnType) != null;
	}

	@Override
	public Object adapt(RunStarter starter, RunBody body, ResolvableType returnType) {
		ReactiveAdapter adapter = ReactiveTypes.adapter(returnType);
		if (adapter == null) {
			throw new IllegalArgumentException(returnType + " is not a reactive type");
		}
		RunFlux runs = new RunFlux(starter, () -> publisher(body.call(), adapter), shape(adapter, returnType));
		return adapter.fromPublisher(adapter.isMultiValue() ? runs : Mono.fromDirect(runs));
	}

	private static ReactiveRun.Shape shape(ReactiveAdapter adapter, ResolvableType returnType) {
		if (!adapter.isMultiValue()) {
			return ReactiveRun.Shape.VALUE;
		}
		return LifecycleEvents.admittedBy(returnType) ? ReactiveRun.Shape.EVENTS : ReactiveRun.Shape.ITEMS;
	}

	private static Publisher<Object> publisher(@Nullable Object source, ReactiveAdapter adapter) {
		return (source != null) ? adapter.toPublisher(source) : Flux.empty();
	}

	@Override
	public Object replay(Supplier<RunResponse> outcome, ResolvableType returnType) {
		ReactiveAdapter adapter = Objects.requireNonNull(ReactiveTypes.adapter(returnType));
		if (adapter.isMultiValue()) {
			return adapter
				.fromPublisher(Flux.defer(() -> Flux.fromIterable(RecordedResult.items(outcome.get(), returnType))));
		}
		ResolvableType item = adapter.isNoValue() ? ResolvableType.forClass(void.class) : returnType.getGeneric(0);
		return adapter.fromPublisher(Mono.fromSupplier(() -> RecordedResult.value(outcome.get(), item)));
	}

	@Override
	public void drain(@Nullable Object result, Consumer<@Nullable Throwable> end) {
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, result);
		if (adapter == null) {
			end.accept(null);
			return;
		}
		Flux.from(adapter.toPublisher(result)).subscribe((item) -> {
		}, end, () -> end.accept(null));
	}

}
