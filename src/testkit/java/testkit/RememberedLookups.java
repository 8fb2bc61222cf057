package testkit;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Remembers what the class path has and lacks, since it does not change: each start of an
 * application looks for some hundred names in each of two hundred jars.
 */
public class RememberedLookups implements LauncherSessionListener {

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		Thread thread = Thread.currentThread();
		// tests that need another loader begin a session of their own
		if (thread.getContextClassLoader() == ClassLoader.getSystemClassLoader()) {
			thread.setContextClassLoader(new Remembering(thread.getContextClassLoader()));
		}
	}

	/** Defines no class itself. */
	private static final class Remembering extends ClassLoader {

		private final Set<String> missing = ConcurrentHashMap.newKeySet();

		private final Map<String, Optional<URL>> resource = new ConcurrentHashMap<>();

		private final Map<String, List<URL>> resources = new ConcurrentHashMap<>();

		Remembering(ClassLoader parent) {
			super(parent);
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (this.missing.contains(name)) {
				throw new ClassNotFoundException(name);
			}
			try {
				return getParent().loadClass(name);
			}
			catch (ClassNotFoundException ex) {
				this.missing.add(name);
				throw ex;
			}
		}

		@Override
		public URL getResource(String name) {
			return this.resource.computeIfAbsent(name, (key) -> Optional.ofNullable(getParent().getResource(key)))
				.orElse(null);
		}

		@Override
		public Enumeration<URL> getResources(String name) throws IOException {
			List<URL> known = this.resources.get(name);
			if (known == null) {
				known = Collections.list(getParent().getResources(name));
				this.resources.put(name, known);
			}
			return Collections.enumeration(known);
		}

	}

}
