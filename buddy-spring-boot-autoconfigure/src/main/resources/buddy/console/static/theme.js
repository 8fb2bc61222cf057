// a classic script, so that the first paint has the chosen colours
(() => {
	const stored = (() => {
		try {
			return localStorage.getItem('buddy.theme');
		}
		catch {
			return null; // storage is blocked
		}
	})();
	if (stored === 'light' || stored === 'dark') {
		document.documentElement.dataset.theme = stored;
	}
})();
