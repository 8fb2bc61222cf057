package buddy.json.internal;

import java.io.File;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Currency;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The format of a type that is written as text in JSON.
 *
 * @param format the {@code format} of JSON Schema, or {@code null} if there is none
 * @param pattern the pattern that the text matches
 */
record TextFormat(@Nullable String format, Pattern pattern) {

	private static final String DATE = "-?\\d{4,9}-\\d{2}-\\d{2}";

	private static final String TIME = "\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?";

	private static final String FULL_TIME = "\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?";

	private static final String OFFSET = "(Z|[+-]\\d{2}:\\d{2})";

	private static final Map<Class<?>, TextFormat> BY_TYPE = new LinkedHashMap<>();

	static {
		TextFormat dateTime = of("date-time", "\\d{4}-\\d{2}-\\d{2}T" + FULL_TIME + OFFSET);
		BY_TYPE.put(LocalDate.class, of("date", "\\d{4}-\\d{2}-\\d{2}"));
		BY_TYPE.put(LocalDateTime.class, of(null, DATE + "T" + TIME));
		BY_TYPE.put(LocalTime.class, of(null, TIME));
		BY_TYPE.put(OffsetTime.class, of("time", FULL_TIME + OFFSET));
		BY_TYPE.put(Instant.class, dateTime);
		BY_TYPE.put(OffsetDateTime.class, dateTime);
		BY_TYPE.put(ZonedDateTime.class, dateTime);
		BY_TYPE.put(Date.class, dateTime);
		BY_TYPE.put(Calendar.class, dateTime);
		BY_TYPE.put(YearMonth.class, of(null, "\\d{4}-\\d{2}"));
		BY_TYPE.put(MonthDay.class, of(null, "--\\d{2}-\\d{2}"));
		BY_TYPE.put(Duration.class, of("duration", "P(?=.)(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+(\\.\\d{1,9})?S)?)?"));
		BY_TYPE.put(Period.class, of("duration", "P(?=.)(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?"));
		BY_TYPE.put(UUID.class,
				of("uuid", "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"));
		anyText("uri-reference", URI.class);
		anyText(null, URL.class, Locale.class, Currency.class, TimeZone.class, ZoneId.class, ZoneOffset.class,
				Path.class, File.class, Pattern.class);
		BY_TYPE.put(char[].class, of(null, "[\\s\\S]*"));
		BY_TYPE.put(char.class, of(null, "[\\s\\S]"));
		BY_TYPE.put(Character.class, of(null, "[\\s\\S]"));
		BY_TYPE.put(byte[].class, of(null, "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"));
	}

	static @Nullable TextFormat find(Class<?> type) {
		return BY_TYPE.get(type);
	}

	/**
	 * Returns the pattern with anchors, since JSON Schema looks for a match anywhere in
	 * the text.
	 */
	String anchored() {
		return "^" + this.pattern.pattern() + "$";
	}

	boolean matches(String text) {
		return this.pattern.matcher(text).matches();
	}

	/** Returns the smallest and largest values of an integer type. */
	static BigInteger @Nullable [] range(Class<?> type) {
		if (type == byte.class || type == Byte.class) {
			// Jackson also accepts unsigned values
			return new BigInteger[] { BigInteger.valueOf(Byte.MIN_VALUE), BigInteger.valueOf(255) };
		}
		int bits = (type == short.class || type == Short.class) ? Short.SIZE
				: (type == int.class || type == Integer.class) ? Integer.SIZE
						: (type == long.class || type == Long.class) ? Long.SIZE : 0;
		if (bits == 0) {
			return null;
		}
		BigInteger limit = BigInteger.ONE.shiftLeft(bits - 1);
		return new BigInteger[] { limit.negate(), limit.subtract(BigInteger.ONE) };
	}

	private static void anyText(@Nullable String format, Class<?>... types) {
		TextFormat some = of(format, "[\\s\\S]+");
		for (Class<?> type : types) {
			BY_TYPE.put(type, some);
		}
	}

	private static TextFormat of(@Nullable String format, String pattern) {
		return new TextFormat(format, Pattern.compile(pattern));
	}

}
