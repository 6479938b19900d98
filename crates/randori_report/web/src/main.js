// The page: one run, or two beside each other.

import { Clock } from './clock.js';
import { read } from './data.js';
import { element } from './dom.js';
import { plots } from './plots.js';
import { replay } from './replay.js';
import { divergence, header, metrics, verdicts } from './summary.js';
import { happenings, keyboard, timeline } from './timeline.js';

const page = read();
const clock = new Clock(page.end);
const report = document.getElementById('report');
const add = (...parts) => report.append(...parts.filter((part) => part !== null));
add(header(page), divergence(page, clock));
if (page.runs.length) {
  keyboard(page, clock);
  const view = replay(page, clock);
  add(element('div', { class: 'stage' }, view, timeline(page, clock)));
  add(verdicts(page, clock), plots(page, clock), happenings(page, clock), metrics(page));
}
