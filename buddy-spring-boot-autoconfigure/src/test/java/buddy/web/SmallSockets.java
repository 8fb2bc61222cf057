package buddy.web;

import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Lets a connection hold little of what its client does not read, whatever the machine
 * would allow.
 */
@Configuration(proxyBeanMethods = false)
class SmallSockets {

	/** What a client leaves unread is soon more than its connection holds. */
	static final int BYTES = 32 * 1024;

	@Bean
	TomcatConnectorCustomizer smallSendBuffer() {
		return (connector) -> connector.setProperty("socket.txBufSize", String.valueOf(BYTES));
	}

}
