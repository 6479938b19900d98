// What the runs are and how they ended: header, verdicts, metrics.

import { element, section } from './dom.js';
import { number, seconds, shown } from './data.js';

const WORDS = { pass: '✓ pass', fail: '✗ fail', error: '! error', missed: '✗ missed', open: '○ open', unknown: '? not judged' };

export function badge(verdict) {
  return element('span', { class: `badge ${verdict}` }, WORDS[verdict]);
}

function label(run) {
  return run.label ? element('span', { class: `run run-${run.label}` }, `Run ${run.label}`) : null;
}

function facts(run) {
  const list = element('dl');
  const add = (name, value) => list.append(element('dt', {}, name), element('dd', {}, value));
  run.facts.forEach(([name, value]) => add(name, value));
  run.varied.forEach(([path, value]) => add(`varied ${path}`, shown(value)));
  return element('details', {}, element('summary', {}, 'Engine, hashes and how to run it again'), list);
}

export function header(page) {
  const cards = page.runs.map((run) => {
    const what = element('p', { class: 'about' }, element('code', {}, run.file), ` · seed ${run.seed} · ${seconds(run.end)}`);
    const card = element('div', { class: 'card' }, element('div', { class: 'line' }, label(run), badge(run.verdict)), what);
    if (page.runs.length > 1) card.prepend(element('h2', {}, run.title));
    if (run.expected_failure) card.append(element('p', {}, `Expected to fail: ${run.expected_failure}`));
    run.notes.forEach((note) => card.append(element('p', { class: 'warning', role: 'note' }, `⚠ ${note}`)));
    if (run.error.length) card.append(element('pre', { class: 'error', role: 'alert' }, run.error.join('\n')));
    card.append(facts(run));
    return card;
  });
  const first = page.runs[0];
  const title = page.runs.length > 1 ? 'Two runs compared' : first?.title ?? 'Nothing to show';
  document.title = `${title} – Randori report`;
  return element('header', {}, element('h1', {}, title), element('div', { class: 'cards' }, ...cards));
}

export function divergence(page, clock) {
  if (!page.divergence) {
    return page.runs.length > 1
      ? element('p', { class: 'divergence none', role: 'note' }, element('strong', {}, '✓ The runs agree'), ' to the last bit in every tick that both have.') : null;
  }
  const { tick, time_s: time, cause, what } = page.divergence;
  const go = element('button', { type: 'button', onclick: () => clock.seek(time) }, `Go to ${seconds(time)}`);
  return element('p', { class: 'divergence', role: 'note' },
    element('strong', {}, `◆ The runs differ from tick ${tick} on. `), `Cause: ${cause}; ${what}. `, go);
}

function moment(time, clock) {
  if (time === null) return '–';
  return element('button', { type: 'button', class: 'link', title: 'Go to this moment', onclick: () => clock.seek(time) }, seconds(time));
}

/** Rows of a goal: one per run that has it. */
function goalRows(name, page, clock) {
  const found = page.runs.map((run) => [run, run.goals.find((goal) => goal.name === name)]).filter(([, goal]) => goal);
  const differs = new Set(found.map(([, goal]) => goal.verdict)).size > 1;
  return found.map(([run, goal], index) => goalRow(run, goal, clock, { first: index === 0, rows: found.length, differs }));
}

function goalRow(run, goal, clock, { first, rows, differs }) {
  const margin = number(goal.margin);
  const name = first ? element('th', { scope: 'rowgroup', rowspan: rows }, goal.name, goal.required ? null : element('small', {}, ' (preferred)')) : null;
  const reason = element('td', { 'data-label': 'Because of' });
  if (goal.atom) reason.append(element('span', {}, element('code', {}, goal.atom), ' at ', moment(goal.atom_s, clock)));
  else reason.append('–');
  return element('tr', { class: differs ? 'differs' : null }, name,
    run.label ? element('td', { 'data-label': 'Run' }, element('span', { class: `run run-${run.label}` }, run.label)) : null,
    element('td', { 'data-label': 'Verdict' }, badge(goal.verdict)),
    element('td', { class: margin < 0 ? `number ${goal.verdict}` : 'number', 'data-label': 'Margin' }, shown(goal.margin)),
    element('td', { class: 'number', 'data-label': 'Decided' }, moment(goal.decided_s, clock)), reason,
    first ? element('td', { rowspan: rows, 'data-label': 'Formula' }, element('code', {}, goal.formula)) : null);
}

function table(caption, heads, rows) {
  const head = element('tr', {}, ...heads.map((text) => element('th', { scope: 'col', class: ['Margin', 'Decided', 'Value', 'Run A', 'Run B'].includes(text) ? 'number' : null }, text)));
  const made = element('table', {}, element('caption', {}, caption), element('thead', {}, head), element('tbody', {}, ...rows));
  return element('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': caption }, made);
}

export function verdicts(page, clock) {
  const names = [...new Set(page.runs.flatMap((run) => run.goals.map((goal) => goal.name)))];
  const two = page.runs.length > 1;
  const heads = ['Goal', ...(two ? ['Run'] : []), 'Verdict', 'Margin', 'Decided', 'Because of', 'Formula'];
  const caption = two ? 'Goals; verdicts that differ are shaded' : 'Goals; the margin is how far a verdict is from flipping, in SI units';
  return section('Verdicts', 'verdicts', table(caption, heads, names.flatMap((name) => goalRows(name, page, clock))));
}

export function metrics(page) {
  const names = [...new Set(page.runs.flatMap((run) => run.metrics.map(([name]) => name)))];
  if (!names.length) return null;
  const heads = ['Metric', ...page.runs.map((run) => (run.label ? `Run ${run.label}` : 'Value'))];
  const value = (run, name) => run.metrics.find(([other]) => other === name)?.[1];
  const rows = names.map((name) => element('tr', {}, element('th', { scope: 'row' }, element('code', {}, name)),
    ...page.runs.map((run) => element('td', { class: 'number' }, shown(value(run, name))))));
  return section('Metrics', 'metrics', table('Metrics, in SI units', heads, rows));
}
