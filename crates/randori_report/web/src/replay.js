// The scene in three dimensions, for one run or two with one camera.

import { Box3, PCFShadowMap, PerspectiveCamera, Vector3, WebGLRenderer } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { element, styled } from './dom.js';
import { Cast, shine, surroundings } from './stage.js';

/** Degrees that the shorter side of the picture spans. */
const VIEW_ANGLE = 40;

/** Whether a body is ever anywhere else. */
const moves = (run, index) => run.tracks[index]?.some((row) => row.length > 1) ?? false;

/** Whether nothing but robots is there, so that nothing is missed when the camera goes along. */
const wanders = (run) => run.scene.bodies.every((body) => body.role === 'robot') && !run.scene.zones.length;

/** What bodies that move take up at some moments of all runs. */
function stageBox(casts, shares) {
  const box = new Box3();
  for (const cast of casts) {
    const { run } = cast;
    for (const share of shares) {
      cast.show(run.end * share);
      cast.group.updateMatrixWorld(true);
      run.scene.bodies.forEach((body, index) => {
        if (body.role !== 'static') box.expandByObject(cast.bodies[index]);
      });
    }
    cast.show(0);
  }
  return box;
}

function cameraFor(casts) {
  const camera = new PerspectiveCamera(VIEW_ANGLE, 1, 0.02, 500);
  camera.up.set(0, 0, 1);
  const start = stageBox(casts, [0]);
  const all = stageBox(casts, [0, 0.25, 0.5, 0.75, 1]);
  const walks = wanders(casts[0].run) && all.getSize(new Vector3()).length() > 4 * start.getSize(new Vector3()).length();
  const box = walks ? start.expandByScalar(0.1) : all;
  if (box.isEmpty()) casts.forEach((cast) => box.expandByObject(cast.group));
  if (box.isEmpty()) box.set(new Vector3(-1, -1, 0), new Vector3(1, 1, 1));
  const target = box.getCenter(new Vector3());
  const radius = Math.min(12, Math.max(0.2, box.getSize(new Vector3()).length() / 2));
  const distance = (0.95 * radius) / Math.sin((VIEW_ANGLE * Math.PI) / 360);
  camera.position.copy(target).add(new Vector3(-0.45, -0.75, 0.6).normalize().multiplyScalar(distance));
  return { camera, target, radius, walks };
}

/** Lets both sides of the picture span at least the angle. */
function shape(camera, aspect) {
  const half = Math.tan((VIEW_ANGLE * Math.PI) / 360);
  camera.aspect = aspect;
  camera.fov = (360 / Math.PI) * Math.atan(half / Math.min(1, aspect));
  camera.updateProjectionMatrix();
}

/** Reads a body's position out, and lets the camera go with it. */
function follower(page, casts, controls, walks, redraw) {
  const bodies = page.runs[0].scene.bodies;
  const first = Math.max(0, [
    bodies.findIndex((body, index) => body.role === 'robot' && moves(page.runs[0], index)),
    bodies.findIndex((body) => body.role !== 'static')].find((index) => index >= 0) ?? 0);
  const choice = element('select', { 'aria-label': 'Body', id: 'body', onchange: () => { last = null; update(); redraw(); } },
    ...bodies.map((body, index) => element('option', { value: index, selected: index === first }, body.path)));
  const follow = element('input', { type: 'checkbox', id: 'follow', checked: walks, onchange: () => { last = null; update(); redraw(); } });
  const output = element('output', { class: 'position', id: 'position' });
  let last = null;
  const update = () => {
    const at = casts.map((cast) => cast.bodies[Number(choice.value)]?.position).filter(Boolean);
    const text = (position) => [position.x, position.y, position.z].map((part) => part.toFixed(3)).join(', ');
    output.textContent = at.map((position, index) => `${casts[index].run.label} (${text(position)}) m`.trim()).join(' · ');
    if (follow.checked && at.length) {
      if (last) {
        const moved = at[0].clone().sub(last);
        controls.target.add(moved);
        controls.object.position.add(moved);
      } else {
        controls.object.position.add(at[0]).sub(controls.target);
        controls.target.copy(at[0]);
      }
      last = at[0].clone();
    }
  };
  const bar = bodies.length ? [choice, element('label', {}, follow, ' follow'), output] : [];
  return { bar, update };
}

/** A renderer, or nothing where the browser cannot draw. */
function rendererOn(canvas) {
  try {
    const renderer = new WebGLRenderer({ canvas, antialias: true });
    renderer.shadowMap.enabled = true;
    renderer.shadowMap.type = PCFShadowMap;
    return renderer;
  } catch {
    return null;
  }
}

export function replay(page, clock) {
  const canvas = element('canvas', { tabindex: '0', 'aria-label': 'The scene in three dimensions; drag to turn, wheel to zoom, right button to move' });
  const place = element('div', { class: 'view' }, canvas);
  const renderer = rendererOn(canvas);
  if (!renderer) {
    return element('div', { class: 'view none', role: 'note' }, 'This browser offers no WebGL, so the scene is not drawn.');
  }
  const casts = page.runs.map((run) => new Cast(run));
  casts.forEach((cast) => cast.show(0));
  const { camera, target, radius, walks } = cameraFor(casts);
  const controls = new OrbitControls(camera, canvas);
  controls.target.copy(target);
  controls.update();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const colors = () => ({ sky: styled('--sky'), axis: styled('--axis'), grid: styled('--grid'), ground: styled('--ground') });
  let world;
  const build = () => {
    world = surroundings(page.runs[0].scene, colors(), radius);
    casts.forEach((cast) => world.add(cast.group));
  };
  build();

  let over = false;
  let asked = false;
  const draw = () => {
    asked = false;
    const { clientWidth: width, clientHeight: height } = place;
    if (!width || !height) return;
    const parts = over ? 1 : casts.length;
    renderer.setScissorTest(true);
    shine(world, controls.target, radius);
    for (let part = 0; part < parts; part += 1) {
      casts.forEach((cast, index) => (cast.group.visible = over || index === part));
      const left = Math.round((width * part) / parts);
      const wide = Math.round(width / parts);
      renderer.setViewport(left, 0, wide, height);
      renderer.setScissor(left, 0, wide, height);
      shape(camera, wide / height);
      if (!over) casts[part].clearSight(camera);
      renderer.render(world, camera);
    }
  };
  const redraw = () => {
    if (!asked) requestAnimationFrame(draw);
    asked = true;
  };

  const follow = follower(page, casts, controls, walks, () => { controls.update(); redraw(); });
  const overlay = element('button', { type: 'button', 'aria-pressed': 'false', onclick: () => {
    over = !over;
    overlay.setAttribute('aria-pressed', String(over));
    casts[1].ghostly(over);
    place.classList.toggle('overlay', over);
    redraw();
  } }, 'Overlay');
  const bar = element('div', { class: 'viewbar' }, ...follow.bar, casts.length > 1 ? overlay : null);
  const names = casts.length > 1 ? casts.map((cast) => element('span', { class: `name run run-${cast.run.label}` }, `Run ${cast.run.label}`)) : [];
  const box = element('div', { class: 'viewbox' }, bar, place);
  place.append(...names);
  if (casts.length > 1) place.classList.add('two');

  controls.addEventListener('change', redraw);
  clock.follow(() => {
    casts.forEach((cast) => cast.show(clock.time));
    follow.update();
    controls.update();
    const parted = page.divergence && clock.time >= page.divergence.time_s - 1e-9;
    place.classList.toggle('parted', Boolean(parted));
    redraw();
  });
  new ResizeObserver(() => {
    renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    renderer.setSize(place.clientWidth, place.clientHeight, false);
    draw();
  }).observe(place);
  dark.addEventListener('change', () => { build(); redraw(); });
  return box;
}
