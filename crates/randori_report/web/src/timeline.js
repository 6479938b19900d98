// Playing, scrubbing, and what happened when.

import { element, section } from './dom.js';
import { seconds } from './data.js';

const SIGNS = { event: '⚡', intervention: '☞', pass: '✓', fail: '✗', error: '!', missed: '✗', open: '○', divergence: '◆' };
const ROWS = [
  ['Events', (kind) => kind === 'event'],
  ['Interventions', (kind) => kind === 'intervention'],
  ['Goals', (kind) => ['pass', 'fail', 'missed', 'open', 'error'].includes(kind)],
];

/** All moments of all runs, by time, with where the runs part. */
function moments(page) {
  const all = page.runs.flatMap((run) => run.moments.map((moment) => ({ ...moment, run: run.label })));
  if (page.divergence) {
    const { time_s, tick, cause, what } = page.divergence;
    all.push({ time_s, kind: 'divergence', run: '', text: `the runs differ from tick ${tick} on (${cause}): ${what}` });
  }
  return all.sort((a, b) => a.time_s - b.time_s);
}

/** Moments that would hide each other, together. */
function clusters(found, page) {
  const groups = [];
  for (const moment of found) {
    const last = groups.at(-1);
    if (last && moment.time_s - last[0].time_s < 0.018 * page.end) last.push(moment);
    else groups.push([moment]);
  }
  return groups;
}

const WORST_FIRST = ['error', 'fail', 'missed', 'open', 'divergence', 'intervention', 'event', 'pass'];

function marker(group, page, clock) {
  const text = group.map((moment) => `${seconds(moment.time_s)}: ${moment.text}`).join('\n');
  const kind = WORST_FIRST.find((each) => group.some((moment) => moment.kind === each));
  const made = element('button', {
    type: 'button', class: `marker ${kind}`, title: text, 'aria-label': text, onclick: () => clock.seek(group[0].time_s),
  }, SIGNS[kind], group.length > 1 ? element('sup', {}, String(group.length)) : null);
  made.style.left = `${(100 * group[0].time_s) / page.end}%`;
  return made;
}

function rows(page, clock, all) {
  const made = [];
  const row = (name, found) => made.push(element('div', { class: 'row' },
    element('span', { class: 'name' }, name), element('div', { class: 'track' }, ...clusters(found, page).map((group) => marker(group, page, clock)))));
  for (const run of page.runs) {
    for (const [name, belongs] of ROWS) {
      const found = all.filter((moment) => moment.run === run.label && belongs(moment.kind));
      if (found.length) row(run.label ? `${name} ${run.label}` : name, found);
    }
  }
  const parts = all.filter((moment) => moment.kind === 'divergence');
  if (parts.length) row('Divergence', parts);
  return made;
}

function controls(page, clock) {
  const play = element('button', { type: 'button', class: 'play', onclick: () => clock.toggle() });
  const speed = element('select', { 'aria-label': 'Speed', onchange: () => (clock.speed = Number(speed.value)) },
    ...[0.1, 0.25, 0.5, 1, 2, 4].map((value) => element('option', { value, selected: value === 1 }, `${value}×`)));
  const time = element('output', { class: 'time', id: 'time' });
  const scrubber = element('input', {
    type: 'range', id: 'scrubber', min: 0, max: page.end, step: 'any', 'aria-label': 'Time', oninput: () => clock.seek(Number(scrubber.value)),
  });
  clock.follow(() => {
    play.textContent = clock.playing ? '❚❚ Pause' : '▶ Play';
    const tick = Math.round(clock.time / (page.runs[0]?.period || 1));
    time.textContent = `${clock.time.toFixed(3)} / ${page.end.toFixed(3)} s · tick ${tick}`;
    scrubber.value = clock.time;
    scrubber.setAttribute('aria-valuetext', seconds(clock.time));
  });
  const help = element('small', { class: 'keys' }, 'Space plays · ←/→ one step · Shift 1 s · Home/End');
  return [element('div', { class: 'controls' }, play, speed, time, help), scrubber];
}

/** Space and arrows, wherever they do not already mean something. */
export function keyboard(page, clock) {
  const step = Math.max(page.runs[0]?.period ?? 0, 1 / 60);
  document.addEventListener('keydown', (event) => {
    const own = event.target.closest?.('select, summary, button');
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const by = event.shiftKey ? 1 : step;
    const actions = {
      ' ': () => clock.toggle(), ArrowLeft: () => clock.seek(clock.time - by), ArrowRight: () => clock.seek(clock.time + by),
      Home: () => clock.seek(0), End: () => clock.seek(page.end),
    };
    if (!actions[event.key] || (own && (event.key === ' ' || own.tagName === 'SELECT'))) return;
    event.preventDefault();
    actions[event.key]();
  });
}

export function timeline(page, clock) {
  const [bar, scrubber] = controls(page, clock);
  const all = moments(page);
  const now = element('div', { class: 'now', 'aria-hidden': 'true' });
  const lanes = element('div', { class: 'lanes' },
    element('div', { class: 'row' }, element('span', { class: 'name' }, 'Time'), element('div', { class: 'track scrub' }, scrubber)),
    ...rows(page, clock, all), element('div', { class: 'over', 'aria-hidden': 'true' }, now));
  clock.follow(() => (now.style.left = `${(100 * clock.time) / page.end}%`));
  return element('div', { class: 'timeline', role: 'group', 'aria-label': 'Timeline' }, bar, lanes);
}

/** The same moments as a list. */
export function happenings(page, clock) {
  const all = moments(page);
  if (!all.length) return null;
  const items = all.map((moment) => element('li', { class: moment.kind },
    element('button', { type: 'button', class: 'link', onclick: () => clock.seek(moment.time_s) }, seconds(moment.time_s)),
    element('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[moment.kind]),
    element('span', {}, moment.run ? `Run ${moment.run}: ${moment.text}` : moment.text)));
  const lost = page.runs.reduce((sum, run) => sum + run.moments_left_out, 0);
  return section('What happened', 'happenings', element('ol', {}, ...items),
    lost ? element('p', { class: 'note' }, `${lost} further moments are in the recording but not shown here.`) : null);
}
