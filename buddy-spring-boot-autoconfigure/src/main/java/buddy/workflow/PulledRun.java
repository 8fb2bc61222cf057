package buddy.workflow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;

import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.workflow.ResultAdapter.RunStarter;
import buddy.workflow.WorkflowRunner.Body;

/**
 * The items of one run, pulled by its caller; closing it before the last one cancels the
 * run.
 */
final class PulledRun implements Iterator<@Nullable Object>, AutoCloseable {

	private final RunStarter starter;

	private final Body body;

	private final boolean lifecycle;

	private final Deque<Item> ready = new ArrayDeque<>();

	private @Nullable RunExecution run;

	private @Nullable Object source;

	private @Nullable Iterator<@Nullable Object> items;

	private boolean done;

	PulledRun(RunStarter starter, Body body, boolean lifecycle) {
		this.starter = starter;
		this.body = body;
		this.lifecycle = lifecycle;
	}

	@Override
	public boolean hasNext() {
		while (this.ready.isEmpty() && !this.done) {
			pull();
		}
		return !this.ready.isEmpty();
	}

	@Override
	public @Nullable Object next() {
		if (!hasNext()) {
			throw new NoSuchElementException("The run has no more items");
		}
		return this.ready.remove().value();
	}

	@Override
	public void close() {
		if (this.done) {
			return;
		}
		this.done = true;
		RunExecution begun = this.run;
		if (begun != null) {
			try {
				closeSource(begun);
			}
			finally {
				begun.cancelled("the caller closed the stream");
			}
		}
	}

	private void pull() {
		RunExecution current = (this.run != null) ? this.run : begin();
		try {
			if (!Boolean.TRUE.equals(current.inContext(() -> advance(current)))) {
				this.done = true;
				closeSource(current);
				complete(current);
			}
		}
		catch (Throwable ex) {
			if (!this.done) {
				this.done = true;
				closeSource(current);
			}
			current.failed(ex);
			throw Sneaky.raise(ex);
		}
	}

	private RunExecution begin() {
		try {
			this.run = this.starter.begin();
		}
		catch (Throwable ex) {
			this.done = true;
			throw ex;
		}
		if (this.lifecycle) {
			this.run.streamEvents();
			this.ready.add(new Item(this.run.started()));
		}
		return this.run;
	}

	private boolean advance(RunExecution current) throws Throwable {
		if (this.items == null) {
			this.source = this.body.call();
			this.items = PullAdapter.iterator(this.source);
		}
		boolean more = this.items.hasNext();
		Object item = more ? this.items.next() : null;
		if (this.lifecycle) {
			current.drainEmitted().forEach((event) -> this.ready.add(new Item(event)));
		}
		if (more && !(item instanceof RunResponseEvent.WorkflowCompleted && this.lifecycle)) {
			this.ready.add(new Item(current.taken(item)));
		}
		else if (more) {
			current.taken(item);
		}
		return more;
	}

	private void complete(RunExecution current) {
		current.completedStream();
		if (this.lifecycle && current.status() == RunStatus.COMPLETED) {
			this.ready.add(new Item(current.completion()));
		}
	}

	private void closeSource(RunExecution current) {
		if (this.source instanceof AutoCloseable closeable) {
			current.closeInContext(closeable);
		}
	}

	/** An item may be null, which a deque does not take. */
	private record Item(@Nullable Object value) {
	}

}
