import { html } from '../lib.js';

/** A plot over time. Its library is loaded with the first one. */
export const plot = (name, times, series, options = {}) => html`<x-plot class="plot" role="img" aria-label=${series.map(([label]) => label).join(', ')} .data=${{ times, series, options }}></x-plot>
	<ul class="legend">${series.map(([label, , tone]) => html`<li class=${tone}><i></i>${label}</li>`)}</ul>`;

const HEIGHT = 170;

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

const colour = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

/** Draws with the colours of the theme, and anew when these or the size change. */
customElements.define('x-plot', class extends HTMLElement {

	#plot = null;

	#data = null;

	set data(data) {
		const text = JSON.stringify([data.times, data.series]);
		if (text !== this.text) {
			this.text = text;
			this.#data = data;
			this.draw();
		}
	}

	connectedCallback() {
		this.observer = new ResizeObserver(() => this.#plot?.setSize({ width: this.clientWidth, height: HEIGHT }));
		this.observer.observe(this);
		this.themes = new MutationObserver(() => this.draw());
		this.themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
		this.draw();
	}

	disconnectedCallback() {
		this.observer.disconnect();
		this.themes.disconnect();
		this.#plot?.destroy();
		this.#plot = null;
	}

	async draw() {
		const { default: UPlot } = await import('../lib/uplot/dist/uPlot.esm.js');
		if (!this.isConnected || !this.#data) {
			return;
		}
		this.#plot?.destroy();
		const { times, series, options } = this.#data;
		const values = options.bars ? stacked(series.map(([, list]) => list)) : series.map(([, list]) => list);
		const faint = colour(this.probe('faint'), 'color');
		const step = times.length > 1 ? times[1] - times[0] : 60;
		const clock = (seconds) => CLOCK.format(new Date(seconds * 1000));
		const axis = { stroke: faint, grid: { stroke: colour(this.probe('line'), 'color'), width: 1 }, ticks: { show: false }, font: '11px system-ui', size: 46 };
		this.#plot = new UPlot({
			width: this.clientWidth || 300,
			height: HEIGHT,
			legend: { show: false },
			cursor: { show: false },
			// a bar stands on the middle of its time
			scales: { x: { range: (plot, low, high) => [low - step / 2, high + step / 2] }, y: { range: (plot, low, high) => [0, high > 0 ? high * 1.1 : 1] } },
			axes: [{ ...axis, size: 26, space: 70, values: (plot, ticks) => ticks.map(clock) }, { ...axis, values: (plot, ticks) => ticks.map((tick) => (options.unit ? options.unit(tick) : compact(tick))) }],
			series: [{}, ...(options.bars ? [...series].reverse() : series).map(([label, , tone]) => {
				const stroke = colour(this.probe(tone), 'color');
				return options.bars ? { label, stroke, fill: stroke, width: 0, paths: UPlot.paths.bars({ size: [0.8, 40], radius: 0.15 }), points: { show: false } }
					: { label, stroke, width: 2, spanGaps: true, points: { show: true, size: 5, fill: stroke } };
			})]
		}, [times, ...(options.bars ? [...values].reverse() : values)], this);
	}

	/** An element that has a colour of the style sheet as the browser computes it. */
	probe(name) {
		let element = this.querySelector(`.probe-${name}`);
		if (!element) {
			element = document.createElement('span');
			element.className = `probe probe-${name}`;
			this.append(element);
		}
		return element;
	}

});

/** Each series on top of those before it. */
function stacked(lists) {
	const sums = lists[0].map(() => 0);
	return lists.map((list) => list.map((value, index) => {
		sums[index] += value || 0;
		return sums[index];
	}));
}

const compact = (value) => (value >= 1e6 ? `${value / 1e6}M` : value >= 1e3 ? `${value / 1e3}k` : Number.isInteger(value) ? String(value) : '');
