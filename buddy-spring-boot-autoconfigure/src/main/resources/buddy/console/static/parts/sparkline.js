import { svg, html } from '../lib.js';

const WIDTH = 4;

const HEIGHT = 22;

/** Numbers over time as small bars, the newest at the right. */
export function sparkline(values, label) {
	const most = Math.max(1, ...values);
	return html`<svg class="sparkline" viewBox="0 0 ${values.length * WIDTH} ${HEIGHT}" width=${values.length * WIDTH} height=${HEIGHT} role="img" aria-label=${label}>
		${values.map((value, index) => {
			const height = value ? Math.max(2, (value / most) * HEIGHT) : 1;
			return svg`<rect class=${value ? 'some' : ''} x=${index * WIDTH} y=${HEIGHT - height} width=${WIDTH - 1} height=${height}></rect>`;
		})}</svg>`;
}
