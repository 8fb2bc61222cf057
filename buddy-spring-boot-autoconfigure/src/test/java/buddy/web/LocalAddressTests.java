package buddy.web;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LocalAddressTests {

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "127.255.255.254", "[::1]", "::1",
			"[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]" })
	void hostIsThisMachines(String host) {
		assertThat(LocalAddress.isLocalHost(host)).isTrue();
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "badcafe.cc", "badcafe", "cafe", "127.0.0.1.cc", "127.0.0.1.", "localhost.", "127.1",
			"0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "127.0.0.01", "127.0.0.256", "127.0.0.1:80",
			"128.0.0.1", "0.0.0.0", "[::]", "::", "[127.0.0.1]", "[::1", "::1]", "[[::1]]", "[::1%lo]",
			"[::ffff:192.0.2.1]", "[fe80::1]", "localhost.evil.example", "evil-localhost", ".localhost", "a..localhost",
			".::1", ":", "1::g", "\u0661\u0662\u0667.0.0.1" })
	void hostIsAnothers(String host) {
		assertThat(LocalAddress.isLocalHost(host)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "0:0:0:0:0:0:0:1", "::1", "0:0:0:0:0:0:0:1%0", "::1%lo", "::ffff:127.0.0.1" })
	void clientIsOnThisMachine(String address) {
		assertThat(LocalAddress.isLoopback(address)).isTrue();
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "localhost", "192.0.2.1", "fe80::1%lo", "badcafe", "127.1", "::", "%", "[::1]" })
	void clientIsElsewhere(String address) {
		assertThat(LocalAddress.isLoopback(address)).isFalse();
	}

}
