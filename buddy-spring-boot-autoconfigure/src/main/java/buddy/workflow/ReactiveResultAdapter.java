package buddy.workflow;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import buddy.workflow.WorkflowRunner.Body;

/**
 * {@code Flux}, {@code Mono} and every other reactive type that Spring knows: each
 * subscription is a run of its own, which ends when the publisher does. It is loaded only
 * where Reactor is present.
 */
final class ReactiveResultAdapter implements ResultAdapter {

	@Override
	public boolean supports(ResolvableType returnType) {
		return adapter(returnType) != null;
	}

	@Override
	public Object adapt(RunStarter starter, Body body, ResolvableType returnType) {
		ReactiveAdapter adapter = adapter(returnType);
		if (adapter == null) {
			throw new IllegalArgumentException(returnType + " is not a reactive type");
		}
		RunFlux runs = new RunFlux(starter, () -> publisher(body.call(), adapter), shape(adapter, returnType));
		return adapter.fromPublisher(adapter.isMultiValue() ? runs : Mono.fromDirect(runs));
	}

	private static RunFlux.Shape shape(ReactiveAdapter adapter, ResolvableType returnType) {
		if (!adapter.isMultiValue()) {
			return RunFlux.Shape.VALUE;
		}
		return Lifecycle.admittedBy(returnType) ? RunFlux.Shape.EVENTS : RunFlux.Shape.ITEMS;
	}

	private static Publisher<Object> publisher(@Nullable Object source, ReactiveAdapter adapter) {
		return (source != null) ? adapter.toPublisher(source) : Flux.empty();
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

	@Override
	public @Nullable Class<?> made(ResolvableType returnType) {
		ReactiveAdapter adapter = adapter(returnType);
		return (adapter != null) ? adapter.getReactiveType() : null;
	}

	private static @Nullable ReactiveAdapter adapter(ResolvableType returnType) {
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(returnType.toClass());
		return (adapter != null && returnType.toClass() != Object.class) ? adapter : null;
	}

}
