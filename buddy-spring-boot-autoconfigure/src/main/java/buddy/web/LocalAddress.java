package buddy.web;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Detects addresses and host names of the local machine. No name is ever resolved: a name
 * that resolves to this machine does not count as local.
 */
final class LocalAddress {

	private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

	private static final Pattern LOOPBACK_4 = Pattern.compile("127(\\." + OCTET + "){3}");

	private static final Pattern LITERAL_6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

	private static final Pattern LOCAL_NAME = Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*localhost");

	private LocalAddress() {
	}

	/**
	 * Returns whether an address is a loopback address.
	 * @param address a client's IPv4 or IPv6 address from the container
	 */
	static boolean isLoopback(@Nullable String address) {
		if (address == null) {
			return false;
		}
		int zone = address.indexOf('%');
		String bare = (zone >= 0) ? address.substring(0, zone) : address;
		return LOOPBACK_4.matcher(bare).matches() || isLoopback6(bare);
	}

	/**
	 * Returns whether a host is {@code localhost}, a name below it, or a loopback
	 * address.
	 * @param host the host of a URL, without its port
	 */
	static boolean isLocalHost(@Nullable String host) {
		if (host == null) {
			return false;
		}
		String name = host.toLowerCase(Locale.ROOT);
		if (name.startsWith("[") && name.endsWith("]")) {
			return isLoopback6(name.substring(1, name.length() - 1));
		}
		return LOCAL_NAME.matcher(name).matches() || LOOPBACK_4.matcher(name).matches() || isLoopback6(name);
	}

	private static boolean isLoopback6(String address) {
		if (!LITERAL_6.matcher(address).matches()) {
			return false;
		}
		try {
			// in brackets only a literal is parsed, and no name is resolved
			return InetAddress.getByName("[" + address + "]").isLoopbackAddress();
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

}
