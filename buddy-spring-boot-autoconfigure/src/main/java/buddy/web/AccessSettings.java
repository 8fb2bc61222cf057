package buddy.web;

/**
 * The settings of the filters, which are there also where there are no routes.
 *
 * @param settings how the routes behave, or would
 */
public record AccessSettings(WebSettings settings) {
}
