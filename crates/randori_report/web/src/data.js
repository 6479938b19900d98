// The data of the page, unpacked.

/** The number behind a word that JSON does not know. */
export function number(value) {
  const words = { inf: Infinity, '-inf': -Infinity, nan: NaN };
  return typeof value === 'string' ? words[value] : value;
}

/** A number for people. */
export function shown(value) {
  const plain = number(value);
  if (plain === undefined || plain === null || Number.isNaN(plain)) return 'not known';
  if (!Number.isFinite(plain)) return plain > 0 ? '∞' : '−∞';
  const size = Math.abs(plain);
  const text = size !== 0 && (size < 1e-3 || size >= 1e6) ? plain.toExponential(3) : String(Number(plain.toPrecision(5)));
  return text.replace('-', '−');
}

/** A time for people. */
export function seconds(value) {
  return value === null || value === undefined ? '–' : `${value.toFixed(3)} s`;
}

function summed(differences) {
  let sum = 0;
  return differences.map((difference) => (sum += difference));
}

/** Poses over time: typed rows that stand still have one number. */
function unpackedTracks(run) {
  const times = summed(run.pose_ticks).map((tick) => tick * run.period);
  const tracks = run.tracks.map((rows) => rows.map((row) => Float64Array.from(summed(row), (value) => value / 1e4)));
  return { times, tracks };
}

/** What the page was given. */
export function read() {
  const page = JSON.parse(document.getElementById('data').textContent);
  page.runs.forEach((run, index) => {
    Object.assign(run, unpackedTracks(run));
    run.label = page.runs.length > 1 ? 'AB'[index] : '';
    run.end = run.last_tick * run.period;
    run.scene = page.scenes[page.scene_of_run[index]];
    run.signals.forEach((signal) => (signal.times = signal.ticks.map((tick) => tick * run.period)));
  });
  page.end = Math.max(1e-9, ...page.runs.map((run) => run.end));
  return page;
}

/** Index of the last time that is not later than `time`. */
export function lastIndex(times, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
