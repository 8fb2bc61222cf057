package guide;

import java.util.Map;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.storage.codec.AesPayloadCodec;
import buddy.storage.codec.OffloadingPayloadCodec;
import buddy.storage.codec.PayloadCodec;
import buddy.storage.codec.PayloadStore;

/**
 * The code of the page on storage that encrypts.
 */
@Configuration(proxyBeanMethods = false)
class CodecSnippets {

	@Bean
	PayloadCodec payloadCodec(Vault vault) {
		return new AesPayloadCodec("2027", Map.of("2027", vault.read("buddy-2027"), "2026", vault.read("buddy-2026")));
	}

	/** Keeps large payloads in files, encrypted. */
	@Configuration(proxyBeanMethods = false)
	static class Large {

		@Bean
		PayloadCodec payloadCodec(PayloadStore store, Vault vault) {
			AesPayloadCodec encrypting = new AesPayloadCodec("2027", Map.of("2027", vault.read("buddy-2027")));
			return new OffloadingPayloadCodec(store, 100_000, encrypting);
		}

	}

	/** Where an application may keep its keys. */
	interface Vault {

		byte[] read(String name);

	}

}
