package buddy.web;

/**
 * The settings of the filters, which exist even if the routes are disabled.
 *
 * @param settings the settings of the routes
 */
public record AccessSettings(WebSettings settings) {
}
