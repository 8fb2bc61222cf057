package buddy.durable.internal;

/**
 * Where a step stands in its run.
 *
 * @param scope the path of its scope
 * @param name its name
 * @param key its key
 * @param position its position in its scope
 */
record StepPlace(String scope, String name, String key, int position) {
}
