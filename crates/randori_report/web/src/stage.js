// What stands in the scene, as three.js objects.

import { Color, DirectionalLight, DoubleSide, GridHelper, Group, HemisphereLight, Mesh, MeshStandardMaterial, Quaternion, Scene } from 'three';
import { lastIndex } from './data.js';
import { geometry } from './shapes.js';

const ROBOTS = ['#3b82f6', '#14a38b', '#8b5cf6', '#0ea5e9'];
const ROLES = { actor: '#f97316', movable: '#d6a94a', static: '#a3a8b0' };

function colorOf(body, shape, run) {
  if (run.label === 'B' && body.role === 'robot') return '#e0529c';
  if (body.role === 'robot') {
    const color = new Color(ROBOTS[body.robot % ROBOTS.length]);
    // A hint of the material tells links apart.
    return shape.color ? color.lerp(new Color().setRGB(...shape.color, 'srgb'), 0.3) : color;
  }
  return body.role === 'static' && shape.color ? new Color().setRGB(...shape.color, 'srgb') : ROLES[body.role];
}

function place(object, shape) {
  object.position.set(...shape.xyz);
  object.quaternion.set(...shape.quat).normalize();
}

function shapeMesh(shape, color) {
  const form = geometry(shape.form);
  if (!form) return null;
  const mesh = new Mesh(form, new MeshStandardMaterial({ color, roughness: 0.75, metalness: 0.05, side: DoubleSide }));
  place(mesh, shape);
  return mesh;
}

/** One run's bodies; `show(time)` moves them. */
export class Cast {
  constructor(run) {
    this.run = run;
    this.group = new Group();
    this.bodies = run.scene.bodies.map((body) => {
      const group = new Group();
      for (const shape of body.shapes) {
        const mesh = shapeMesh(shape, colorOf(body, shape, run));
        if (mesh) group.add(mesh);
      }
      this.group.add(group);
      return group;
    });
    this.before = new Quaternion();
    this.after = new Quaternion();
  }

  /** Poses between two recorded ones are interpolated. */
  show(time) {
    const { times, tracks } = this.run;
    if (!times.length) return;
    const at = lastIndex(times, time + 1e-9);
    const next = Math.min(at + 1, times.length - 1);
    const share = next > at ? Math.min(1, Math.max(0, (time - times[at]) / (times[next] - times[at]))) : 0;
    tracks.forEach((rows, index) => {
      const group = this.bodies[index];
      if (!group) return;
      const [from, to] = [at, next].map((when) => rows.map((row) => row[row.length === 1 ? 0 : when]));
      const mix = (axis) => from[axis] + (to[axis] - from[axis]) * share;
      group.position.set(mix(0), mix(1), mix(2));
      this.before.set(...from.slice(3)).normalize();
      this.after.set(...to.slice(3)).normalize();
      group.quaternion.slerpQuaternions(this.before, this.after, share);
    });
  }

  /** Lets the bodies shine through, or not. */
  ghostly(on) {
    this.group.traverse((object) => {
      if (!object.material) return;
      object.material.transparent = on;
      object.material.opacity = on ? 0.45 : 1;
      object.material.depthWrite = !on;
    });
  }
}

/** Light, ground, marks and zones. */
export function surroundings(description, colors) {
  const scene = new Scene();
  scene.background = new Color(colors.sky);
  const sun = new DirectionalLight('#ffffff', 2.2);
  sun.position.set(4, -6, 10);
  const sky = new HemisphereLight('#ffffff', '#8a8f99', 1.5);
  sky.position.set(0, 0, 1);
  scene.add(sun, sky);
  const grid = new GridHelper(40, 40, colors.axis, colors.grid);
  grid.rotation.x = Math.PI / 2;
  grid.position.z = (description.ground ?? 0) + 0.002;
  scene.add(grid);
  for (const zone of description.zones) {
    const mesh = shapeMesh(zone, '#22c55e');
    if (!mesh) continue;
    Object.assign(mesh.material, { transparent: true, opacity: 0.15, depthWrite: false });
    scene.add(mesh);
  }
  for (const [, at] of description.marks) {
    const mesh = shapeMesh({ xyz: [at[0], at[1], at[2] + 0.15], quat: [1, 0, 0, 0], form: { kind: 'cone', radius: 0.08, length: 0.3 } }, '#22c55e');
    scene.add(mesh);
  }
  return scene;
}
