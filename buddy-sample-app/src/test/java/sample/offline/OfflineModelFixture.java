package sample.offline;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The index of the bundled documents and the model over it, built once for all tests.
 */
final class OfflineModelFixture {

	static final PassageIndex INDEX = index();

	static final OfflineChatModel MODEL = new OfflineChatModel(INDEX);

	private OfflineModelFixture() {
	}

	private static PassageIndex index() {
		try {
			return new OfflineModelConfiguration().passageIndex(new PathMatchingResourcePatternResolver());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
