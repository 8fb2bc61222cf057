/** Reads the view from the address: `#/runs/1?tab=events`. */
export function current() {
	const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
	return {
		path: path.split('/').filter(Boolean).map(decodeURIComponent),
		query: new URLSearchParams(query || '')
	};
}

export function link(path, query) {
	const parameters = new URLSearchParams();
	for (const [name, value] of Object.entries(query || {})) {
		if (value !== undefined && value !== null && value !== '') {
			parameters.set(name, value);
		}
	}
	const text = parameters.toString();
	return `#/${path.map(encodeURIComponent).join('/')}${text ? '?' + text : ''}`;
}

export function go(path, query) {
	location.hash = link(path, query);
}

/** Changes parts of the query in place, without a step back. */
export function replaceQuery(changes) {
	const { path, query } = current();
	const next = { ...Object.fromEntries(query), ...changes };
	history.replaceState(null, '', link(path, next));
	window.dispatchEvent(new HashChangeEvent('hashchange'));
}

/** Changes parts of the query, and keeps the view before as a step back. */
export function pushQuery(changes) {
	const { path, query } = current();
	go(path, { ...Object.fromEntries(query), ...changes });
}
