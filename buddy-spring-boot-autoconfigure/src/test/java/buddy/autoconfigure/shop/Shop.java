package buddy.autoconfigure.shop;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/** A plain Boot application with an entity and a repository. */
@SpringBootConfiguration
@EnableAutoConfiguration
public class Shop {

}
