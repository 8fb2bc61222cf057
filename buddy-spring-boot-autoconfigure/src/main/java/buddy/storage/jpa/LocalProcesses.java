package buddy.storage.jpa;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out whether the process of a node is gone. Only for embedded databases, whose
 * nodes are processes of this machine.
 */
final class LocalProcesses {

	/** Process and host of a node id, as {@code NodeLease} creates them. */
	private static final Pattern NODE = Pattern.compile("(\\d{1,18})@(.*):[^:]*");

	private LocalProcesses() {
	}

	/**
	 * Tells whether the process of another node is gone.
	 * @param nodeId the other node
	 * @param seenAt the time it was last seen, in milliseconds since the epoch
	 * @param own the id of the node of this process
	 * @return whether it is gone, and not merely unknown
	 */
	static boolean isGone(String nodeId, long seenAt, String own) {
		Matcher node = NODE.matcher(nodeId);
		Matcher here = NODE.matcher(own);
		return node.matches() && here.matches() && node.group(2).equals(here.group(2))
				&& ProcessHandle.of(Long.parseLong(node.group(1)))
					.map((process) -> !process.isAlive() || startedAfter(process, seenAt))
					.orElse(true);
	}

	/** Whether it is another process that has got the same number. */
	private static boolean startedAfter(ProcessHandle process, long seenAt) {
		return process.info().startInstant().filter((start) -> start.toEpochMilli() > seenAt).isPresent();
	}

}
