import { html, live, nothing } from '../lib.js';
import { label, pretty } from '../format.js';
import { icon } from '../icons.js';

let forms = 0;

/** A form for a value of a JSON Schema, or the value's raw JSON. */
export class Form {

	/** The messages by the path of the field. */
	faults = new Map();

	raw = null;

	constructor(schema, changed, value) {
		this.schema = schema || { type: 'object' };
		this.changed = changed;
		this.name = `f${++forms}`;
		this.value = value === undefined ? initial(this.schema, this.schema) : value;
	}

	/** The value to send, or `undefined` if the raw text is no JSON. */
	read() {
		if (this.raw === null) {
			return this.value;
		}
		try {
			const value = JSON.parse(this.raw);
			this.rawFault = null;
			return value;
		}
		catch (error) {
			this.rawFault = error.message;
			this.changed();
			return undefined;
		}
	}

	toggleRaw() {
		if (this.raw === null) {
			this.raw = pretty(this.value);
		}
		else {
			const value = this.read();
			if (value === undefined) {
				return;
			}
			this.value = value;
			this.raw = null;
		}
		this.faults = new Map();
		this.changed();
	}

	fill(value) {
		this.value = value;
		this.raw = this.raw === null ? null : pretty(value);
		this.faults = new Map();
		this.changed();
	}

	set(value) {
		this.value = value;
		this.changed();
	}

	/** Faults that no field shows. */
	get others() {
		return [...this.faults].filter(([path]) => path === '' || this.raw !== null).map(([path, message]) => html`<p class="fault" role="alert">${path ? html`<code>${path}</code> ` : nothing}${message}</p>`);
	}

	view() {
		if (this.raw !== null) {
			return html`<label class="field"><span>JSON</span>
				<textarea class="mono" rows="8" spellcheck="false" .value=${live(this.raw)} @input=${(event) => {
					this.raw = event.target.value;
					this.changed();
				}}></textarea>${this.rawFault ? html`<p class="fault" role="alert">${this.rawFault}</p>` : nothing}</label>${this.others}`;
		}
		const fields = Object.keys(resolve(this.schema, this.schema).properties || {});
		return html`${fields.length || this.schema.type !== 'object' ? this.field(this.schema, '', this.value, (value) => this.set(value), true)
			: html`<p class="faint">It takes no input.</p>`}${this.others}`;
	}

	field(given, path, value, set, required, name = '') {
		const { schema, nullable } = unwrap(given, this.schema);
		const context = { schema, path, value, set, name, required, optional: !required || nullable, id: `${this.name}-${path}`, hint: given.description || schema.description };
		const kind = kindOf(schema);
		if (kind === 'object') {
			return this.object(context);
		}
		if (kind === 'array') {
			return this.array(context);
		}
		return html`<div class="field ${this.faults.has(path) ? 'faulty' : ''}">
			${name ? html`<label for=${context.id}>${label(name)}${required ? html`<span class="star" title="required" aria-hidden="true">*</span>` : html`<span class="faint">optional</span>`}</label>` : nothing}
			${this[kind](context)}
			${context.hint ? html`<p class="hint" id="${context.id}-hint">${context.hint}</p>` : nothing}
			${this.fault(path, context.id)}</div>`;
	}

	fault(path, id) {
		return this.faults.has(path) ? html`<p class="fault" id="${id}-fault" role="alert">${this.faults.get(path)}</p>` : nothing;
	}

	object({ schema, path, value, set, name, hint, optional }) {
		const properties = Object.entries(schema.properties || {});
		if (!properties.length) {
			return this.field({ description: hint }, path, value, set, !optional, name);
		}
		const fields = properties.map(([key, property]) => this.field(property, path ? `${path}.${key}` : key, value?.[key], (item) => {
			const next = { ...value };
			if (item === undefined) {
				delete next[key];
			}
			else {
				next[key] = item;
			}
			set(next);
		}, (schema.required || []).includes(key), key));
		if (!name) {
			return html`${fields}`;
		}
		if (optional && value === undefined) {
			return html`<fieldset><legend>${label(name)} <span class="faint">optional</span></legend>
				<button type="button" class="button small" @click=${() => set(initial(schema, this.schema) || {})}>${icon('plus')}Add ${label(name).toLowerCase()}</button>${this.fault(path, path)}</fieldset>`;
		}
		return html`<fieldset><legend>${label(name)}${optional ? nothing : html`<span class="star" aria-hidden="true">*</span>`}</legend>${hint ? html`<p class="hint">${hint}</p>` : nothing}${fields}${this.fault(path, path)}
			${optional ? html`<button type="button" class="button small" @click=${() => set(undefined)}>Leave it out</button>` : nothing}</fieldset>`;
	}

	array({ schema, path, value, set, name, hint, required }) {
		const items = Array.isArray(value) ? value : [];
		const put = (index, item) => set(items.map((old, at) => (at === index ? item : old)));
		return html`<fieldset class="list"><legend>${label(name || 'Items')}${required ? html`<span class="star" aria-hidden="true">*</span>` : html` <span class="faint">optional</span>`}</legend>
			${hint ? html`<p class="hint">${hint}</p>` : nothing}
			${items.map((item, index) => html`<div class="item">${this.field(schema.items || {}, `${path}[${index}]`, item, (next) => put(index, next === undefined ? null : next), true)}
				<button type="button" class="quiet" aria-label="Remove item ${index + 1}" @click=${() => set(items.filter((old, at) => at !== index))}>${icon('cross')}</button></div>`)}
			<button type="button" class="button small" @click=${() => set([...items, initial(schema.items || {}, this.schema) ?? (kindOf(unwrap(schema.items || {}, this.schema).schema) === 'text' ? '' : null)])}>${icon('plus')}Add an item</button>
			${this.fault(path, path)}</fieldset>`;
	}

	text({ schema, path, value, set, optional, id }) {
		const change = (event) => set(event.target.value === '' && optional ? undefined : event.target.value);
		const type = { date: 'date', email: 'email', uri: 'url' }[schema.format];
		return type ? html`<input id=${id} type=${type} .value=${live(value ?? '')} @input=${change} aria-invalid=${this.faults.has(path)} aria-describedby="${id}-hint ${id}-fault">`
			: html`<textarea id=${id} rows="1" .value=${live(value ?? '')} @input=${change} placeholder=${schema.examples?.[0] ?? ''} aria-invalid=${this.faults.has(path)} aria-describedby="${id}-hint ${id}-fault"></textarea>`;
	}

	number({ schema, path, value, set, id }) {
		const change = (event) => {
			const given = event.target.value.trim();
			const number = Number(given);
			// what is no number is sent as it is, and the server tells what is wrong with it
			set(given === '' ? undefined : Number.isFinite(number) && (Number.isSafeInteger(number) || !Number.isInteger(number)) ? number : event.target.value);
		};
		return html`<input id=${id} class="number" inputmode=${schema.type === 'integer' ? 'numeric' : 'decimal'} autocomplete="off" .value=${live(keep(value))} @change=${change}
			aria-invalid=${this.faults.has(path)} aria-describedby="${id}-hint ${id}-fault">`;
	}

	flag({ value, set, optional, id, name }) {
		const choices = [...(optional ? [[undefined, 'Default']] : []), [true, 'Yes'], [false, 'No']];
		return html`<div class="choices" role="radiogroup" id=${id} aria-label=${name ? label(name) : 'Value'}>${choices.map(([choice, text]) => html`
			<label><input type="radio" name=${id} .checked=${live(value === choice)} @change=${() => set(choice)}><span>${text}</span></label>`)}</div>`;
	}

	choice({ schema, value, set, optional, id, path }) {
		const options = schema.enum || [schema.const];
		return html`<select id=${id} aria-invalid=${this.faults.has(path)} @change=${(event) => set(event.target.value === '' ? undefined : options[Number(event.target.value)])}>
			${optional || value === undefined ? html`<option value="" .selected=${value === undefined}>${optional ? 'Default' : 'Choose one'}</option>` : nothing}
			${options.map((option, index) => html`<option value=${index} .selected=${value === option}>${String(option)}</option>`)}</select>`;
	}

	/** What the schema says too little of, or too much. */
	free({ value, set, id, path }) {
		const change = (event) => {
			const given = event.target.value.trim();
			try {
				set(given === '' ? undefined : JSON.parse(given));
				this.faults.delete(path);
			}
			catch (error) {
				this.faults.set(path, error.message);
			}
			this.changed();
		};
		return html`<textarea id=${id} class="mono" rows="2" spellcheck="false" placeholder="JSON" .value=${value === undefined ? '' : pretty(value)} @change=${change} aria-invalid=${this.faults.has(path)}></textarea>`;
	}

}

const keep = (value) => (value === undefined || value === null ? '' : String(value));

function resolve(schema, root) {
	const reference = schema.$ref;
	if (!reference) {
		return schema;
	}
	const target = reference === '#' ? root : reference.replace(/^#\//, '').split('/').reduce((at, key) => at?.[key.replace(/~1/g, '/').replace(/~0/g, '~')], root);
	return target ? { ...resolve(target, root), ...(schema.description ? { description: schema.description } : {}) } : {};
}

/** Takes the part of a schema that is not null. */
function unwrap(given, root) {
	const schema = resolve(given, root);
	if (Array.isArray(schema.type)) {
		const types = schema.type.filter((type) => type !== 'null');
		return { schema: { ...schema, type: types.length === 1 ? types[0] : undefined }, nullable: types.length < schema.type.length };
	}
	const options = schema.anyOf || schema.oneOf;
	const some = options?.filter((option) => option.type !== 'null');
	return some?.length === 1 ? { schema: unwrap(some[0], root).schema, nullable: some.length < options.length } : { schema, nullable: false };
}

function kindOf(schema) {
	if (schema.enum || schema.const !== undefined) {
		return 'choice';
	}
	switch (schema.type) {
		case 'string': return 'text';
		case 'integer': case 'number': return 'number';
		case 'boolean': return 'flag';
		case 'array': return 'array';
		case 'object': return schema.properties ? 'object' : 'free';
		default: return schema.properties ? 'object' : 'free';
	}
}

function initial(given, root, depth = 0) {
	const { schema, nullable } = unwrap(given, root);
	if (given.default !== undefined || schema.default !== undefined) {
		return given.default ?? schema.default;
	}
	if (nullable || depth > 6) {
		return undefined;
	}
	if (schema.type === 'object' && schema.properties) {
		const value = {};
		for (const key of schema.required || []) {
			const item = initial(schema.properties[key] || {}, root, depth + 1);
			if (item !== undefined) {
				value[key] = item;
			}
		}
		return value;
	}
	return schema.type === 'array' ? [] : schema.type === 'object' ? {} : undefined;
}
