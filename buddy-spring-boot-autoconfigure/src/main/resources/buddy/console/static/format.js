const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

const ABSOLUTE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

const NUMBER = new Intl.NumberFormat('en');

const MONEY = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });

const UNITS = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60]];

export function ago(seconds) {
	const distance = seconds - Date.now() / 1000;
	for (const [unit, size] of UNITS) {
		if (Math.abs(distance) >= size) {
			return RELATIVE.format(Math.trunc(distance / size), unit);
		}
	}
	const whole = Math.trunc(distance);
	return whole >= -4 && whole <= 0 ? 'just now' : RELATIVE.format(whole, 'second');
}

export const moment = (seconds) => ABSOLUTE.format(new Date(seconds * 1000));

export const number = (value) => NUMBER.format(value);

/** Also of a single call, which costs very little. */
export const money = (value) => MONEY.format(value);

/** A length of time, as short as it can be read: 12 ms, 3.4 s, 2 min 5 s. */
export function duration(seconds) {
	if (seconds < 0.0005) {
		return '0 ms';
	}
	if (seconds < 1) {
		return `${Math.round(seconds * 1000)} ms`;
	}
	if (seconds < 60) {
		return `${seconds < 10 ? seconds.toFixed(1).replace('.0', '') : Math.round(seconds)} s`;
	}
	const parts = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
	const first = parts.findIndex(([size]) => seconds >= size);
	const [size, name] = parts[first];
	const whole = Math.floor(seconds / size);
	const next = parts[first + 1];
	const rest = next ? Math.floor((seconds - whole * size) / next[0]) : 0;
	return `${whole} ${name}${rest ? ` ${rest} ${next[1]}` : ''}`;
}

/** How long a run took, or has taken so far. Its times are whole seconds. */
export function runTime(run) {
	const length = (run.ended_at ?? Date.now() / 1000) - run.created_at;
	return run.ended_at && length < 1 ? '< 1 s' : duration(Math.max(0, Math.floor(length)) || 0.0001).replace('0 ms', '0 s');
}

/** The beginning and the end of an id, which tell ids apart. */
export const shortId = (id) => (id.length > 20 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id);

const sum = (list) => (Array.isArray(list) ? list.reduce((all, one) => all + one, 0) : list || 0);

/** The tokens of a response or of an agent's call. */
export function tokens(metrics) {
	return metrics ? { input: sum(metrics.input_tokens), output: sum(metrics.output_tokens) } : null;
}

export const pretty = (value) => JSON.stringify(value, null, 2);

export const title = (name) => name.replace(/Workflow$/, '').replace(/([a-z0-9])([A-Z])/g, '$1 $2') || name;

export const label = (name) => {
	const words = name.replace(/[_-]+/g, ' ').replace(/([a-z0-9])([A-Z])/g, (all, a, b) => `${a} ${b.toLowerCase()}`);
	return words.charAt(0).toUpperCase() + words.slice(1);
};
