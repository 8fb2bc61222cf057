package benchmarks.stream;

/**
 * An event as it is sent.
 *
 * @param id its id
 * @param name its name
 * @param data its JSON
 */
record SentEvent(String id, String name, String data) {

	String text() {
		return "id:" + this.id + "\nevent:" + this.name + "\ndata:" + this.data + "\n\n";
	}

}
