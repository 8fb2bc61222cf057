package buddy.test.slice;

import org.springframework.stereotype.Component;

/**
 * What the scan of a slice leaves out.
 */
@Component
class ServerStarter {

}
