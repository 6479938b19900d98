// The signals that goals name, over time.

import uPlot from 'uplot';
import { element, section, styled } from './dom.js';
import { seconds, shown } from './data.js';

/** Goals of a run whose deciding moment belongs on the plot of a signal. */
function marks(run, signal) {
  return run.goals
    .filter((goal) => goal.atom_s !== null && goal.signals.includes(signal))
    .filter((goal) => !goal.atom || squeezed(goal.atom).includes(squeezed(signal)))
    .map((goal) => ({ time: goal.atom_s, verdict: goal.verdict, goal: goal.name, bounds: bounds(goal.atom, signal) }));
}

const FACTORS = { deg: Math.PI / 180 };

/** The values at which a comparison flips, if it is about the signal alone. */
function bounds(atom, signal) {
  const [, left, limit, unit] = /^(.*?)[<>]=?(-?[\d.e+-]+?)(deg|rad|m|s|N|Nm|m\/s|rad\/s)?$/.exec(squeezed(atom ?? '')) ?? [];
  const value = Number(limit) * (FACTORS[unit] ?? 1);
  if (!Number.isFinite(value)) return [];
  if (left === squeezed(signal)) return [value];
  return left === `abs(${squeezed(signal)})` ? [-value, value] : [];
}

/** The range of the values, and those bounds that are not far off. */
function range(page, name, low, high) {
  if (low === null || high === null || !(high > low)) return [low === null ? 0 : low - 1, high === null ? 1 : high + 1];
  const near = page.runs.flatMap((run) => marks(run, name)).flatMap((mark) => mark.bounds)
    .filter((bound) => bound > low - 0.6 * (high - low) && bound < high + 0.6 * (high - low));
  const [least, most] = [Math.min(low, ...near), Math.max(high, ...near)];
  const margin = 0.06 * (most - least);
  return [least - margin, most + margin];
}

function horizontal(plot, value, color) {
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(value, 'y', true)) + 0.5;
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.strokeStyle = color;
  ctx.globalAlpha = 0.6;
  ctx.lineWidth = Math.max(1, devicePixelRatio);
  ctx.setLineDash([8, 4].map((part) => part * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

const squeezed = (text) => text.replace(/\s/g, '');

function vertical(plot, time, color, dash) {
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(time, 'x', true)) + 0.5;
  if (x < bbox.left || x > bbox.left + bbox.width + 1) return null;
  ctx.strokeStyle = color;
  ctx.lineWidth = Math.max(1, devicePixelRatio);
  ctx.setLineDash(dash.map((part) => part * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
  return x;
}

function drawMarks(plot, page, name) {
  plot.ctx.save();
  if (page.divergence) vertical(plot, page.divergence.time_s, styled('--mark'), [6, 4]);
  page.runs.forEach((run, index) => {
    for (const mark of marks(run, name)) {
      const color = styled(`--${mark.verdict}`);
      mark.bounds.forEach((bound) => horizontal(plot, bound, color));
      const x = vertical(plot, mark.time, color, [2, 3]);
      const values = plot.data[index + 1];
      let at = plot.valToIdx(mark.time);
      while (at > 0 && (values?.[at] === undefined || values[at] === null)) at -= 1;
      if (x === null || values?.[at] === undefined || values[at] === null) continue;
      plot.ctx.fillStyle = color;
      plot.ctx.beginPath();
      plot.ctx.arc(x, plot.valToPos(values[at], 'y', true), 4.5 * devicePixelRatio, 0, 2 * Math.PI);
      plot.ctx.fill();
    }
  });
  plot.ctx.restore();
}

function aligned(page, name) {
  const tables = page.runs.map((run) => {
    const signal = run.signals.find((other) => other.name === name);
    return [signal?.times ?? [], signal?.values ?? []];
  });
  return tables.length === 1 ? tables[0] : uPlot.join(tables);
}

function options(page, name, unit, width, clock) {
  const axis = (label) => ({
    stroke: styled('--ink-soft'), grid: { stroke: styled('--line'), width: 1 }, ticks: { stroke: styled('--line'), width: 1 },
    values: (_, splits) => splits.map((value) => String(Number(value.toPrecision(6))).replace('-', '−')), label, labelSize: 18, labelFont: '12px system-ui', font: '11px system-ui', labelGap: 0,
  });
  const lines = page.runs.map((run) => ({
    label: run.label ? `Run ${run.label}` : name,
    stroke: styled(run.label === 'B' ? '--run-b' : '--run-a'), width: 1.5, points: { show: false },
    dash: run.label === 'B' ? [6, 3] : undefined,
    value: (_, value) => (value === null || value === undefined ? '–' : shown(value)),
  }));
  return {
    width, height: 190, legend: { show: false }, cursor: { drag: { x: false, y: false }, points: { show: false }, x: false, y: false },
    scales: { x: { time: false, range: () => [0, page.end] }, y: { range: (_, low, high) => range(page, name, low, high) } },
    axes: [{ ...axis('time, s'), size: 34 }, { ...axis(unit && unit !== '1' ? unit : ''), size: 58 }],
    series: [{ label: 'time' }, ...lines],
    hooks: {
      draw: [(plot) => drawMarks(plot, page, name)],
      ready: [(plot) => {
        const seek = (event) => {
          const box = plot.over.getBoundingClientRect();
          clock.seek(plot.posToVal(event.clientX - box.left, 'x'));
        };
        plot.over.addEventListener('pointerdown', (event) => { plot.over.setPointerCapture(event.pointerId); seek(event); });
        plot.over.addEventListener('pointermove', (event) => event.buttons & 1 && seek(event));
        plot.over.append(element('div', { class: 'now', 'aria-hidden': 'true' }));
      }],
    },
  };
}

function valueAt(run, name, time) {
  const signal = run.signals.find((other) => other.name === name);
  if (!signal?.times.length) return null;
  let low = 0;
  let high = signal.times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (signal.times[middle] <= time + 1e-9) low = middle + 1;
    else high = middle;
  }
  return signal.values[Math.max(0, low - 1)];
}

function description(page, name) {
  const found = page.runs.flatMap((run) => marks(run, name).map((mark) =>
    `${mark.goal} (${run.label ? `run ${run.label} ` : ''}${mark.verdict}) at ${seconds(mark.time)}`));
  return found.join('; ');
}

export function plots(page, clock) {
  const signals = new Map(page.runs.flatMap((run) => run.signals.map((signal) => [signal.name, signal.unit])));
  if (!signals.size) return null;
  const grid = element('div', { class: 'plots' });
  const all = [...signals].map(([name, unit]) => {
    const place = element('div', { class: 'plot', role: 'img', 'aria-label': `${name} over time. ${description(page, name)}` });
    const now = element('output', { class: 'value' });
    const note = description(page, name);
    grid.append(element('figure', {}, element('figcaption', {}, element('code', {}, name), now), place,
      note ? element('p', { class: 'note' }, `● decisive for ${note}`) : null));
    return { name, unit, place, now, data: aligned(page, name), plot: null };
  });
  const draw = () => all.forEach((each) => {
    each.plot?.destroy();
    each.plot = new uPlot(options(page, each.name, each.unit, Math.max(200, each.place.clientWidth), clock), each.data, each.place);
    move(each);
  });
  const move = (each) => {
    const line = each.plot?.over.querySelector('.now');
    if (line) line.style.transform = `translateX(${each.plot.valToPos(clock.time, 'x')}px)`;
    const values = page.runs.map((run) => {
      const value = valueAt(run, each.name, clock.time);
      return `${run.label ? `${run.label} ` : ''}${value === null ? 'no value' : shown(value)}`;
    });
    each.now.textContent = `${values.join(' · ')}${each.unit && each.unit !== '1' ? ` ${each.unit}` : ''}`;
  };
  clock.follow(() => all.forEach(move));
  new ResizeObserver(() => all.forEach((each) => each.plot?.setSize({ width: Math.max(200, each.place.clientWidth), height: 190 }) ?? null)).observe(grid);
  new ResizeObserver(() => all.forEach(move)).observe(grid);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  requestAnimationFrame(draw);
  return section('Signals in goals', 'signals', grid);
}
