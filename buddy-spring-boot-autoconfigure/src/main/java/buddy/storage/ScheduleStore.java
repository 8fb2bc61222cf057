package buddy.storage;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Stores schedules. Its writes join the caller's transaction if there is one.
 */
public interface ScheduleStore {

	/**
	 * Stores a new schedule.
	 * @param schedule the schedule
	 * @return whether it was stored; it is not if there is one with the same id
	 */
	boolean insert(StoredSchedule schedule);

	/**
	 * Finds a schedule.
	 * @param scheduleId its id
	 * @return the schedule
	 */
	Optional<StoredSchedule> find(String scheduleId);

	/**
	 * Lists schedules by their ids.
	 * @param after the id of the last schedule of the page before, or {@code null} to
	 * begin
	 * @param limit how many at the most
	 * @return the schedules
	 */
	List<StoredSchedule> list(@Nullable String after, int limit);

	/**
	 * Replaces a schedule, unless it was changed since it was read.
	 * @param schedule the schedule with its changes, and with the version that was read
	 * @return whether it was replaced
	 */
	boolean replace(StoredSchedule schedule);

	/**
	 * Deletes a schedule.
	 * @param scheduleId its id
	 * @return whether there was one
	 */
	boolean delete(String scheduleId);

	/**
	 * Returns the time by the store's own clock, which is the same for all nodes.
	 * @return the time, in milliseconds since the epoch
	 */
	long now();

}
