/**
 * The workflows and their sessions over HTTP.
 */
@NullMarked
package sample.web;

import org.jspecify.annotations.NullMarked;
