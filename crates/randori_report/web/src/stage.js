// What stands in the scene, as three.js objects.

import {
  Box3, CanvasTexture, Color, DirectionalLight, DoubleSide, Fog, Group, HemisphereLight, Mesh, MeshStandardMaterial, PlaneGeometry, Quaternion,
  Raycaster, RepeatWrapping, Scene, SRGBColorSpace, Vector3,
} from 'three';
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
  mesh.castShadow = shape.form.kind !== 'plane';
  mesh.receiveShadow = true;
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
    this.walls = run.scene.bodies.flatMap((body, index) => (body.role === 'static' && !isVast(this.bodies[index]) ? [this.bodies[index]] : []));
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
    this.group.traverse((object) => fade(object, on ? 0.45 : 1));
  }

  /** Lets walls that hide a robot or an actor from the camera shine through. */
  clearSight(camera) {
    const seen = [...this.run.scene.bodies.keys()].filter((index) => isProtagonist(this.run.scene.bodies, index));
    const hiding = new Set();
    for (const index of seen) {
      const at = new Box3().setFromObject(this.bodies[index]).getCenter(new Vector3());
      const way = at.clone().sub(camera.position);
      const ray = new Raycaster(camera.position, way.clone().normalize(), 0, way.length());
      this.walls.filter((wall) => ray.intersectObject(wall).length).forEach((wall) => hiding.add(wall));
    }
    for (const wall of this.walls) wall.traverse((object) => fade(object, hiding.has(wall) ? 0.3 : 1));
  }
}

function fade(object, opacity) {
  if (!object.material) return;
  object.material.transparent = opacity < 1;
  object.material.opacity = opacity;
  object.material.depthWrite = opacity === 1;
}

/** The first link of each robot, and actors. */
function isProtagonist(bodies, index) {
  const { role, robot } = bodies[index];
  return role === 'actor' || (role === 'robot' && bodies.findIndex((body) => body.robot === robot) === index);
}

/** Terrain and meshes that are too large to be looked through in each picture. */
function isVast(group) {
  let corners = 0;
  group.traverse((object) => (corners += object.geometry?.attributes.position.count ?? 0));
  return corners > 3000;
}

/** A sun whose shadows are sharp where the stage is. */
function light(radius) {
  const sun = new DirectionalLight('#ffffff', 2.2);
  sun.castShadow = true;
  sun.shadow.mapSize.set(2048, 2048);
  const reach = 1.6 * radius;
  Object.assign(sun.shadow.camera, { left: -reach, right: reach, bottom: -reach, top: reach, near: radius, far: 8 * radius });
  sun.shadow.normalBias = 0.004 * radius;
  sun.shadow.intensity = 0.55;
  const sky = new HemisphereLight('#ffffff', '#8a8f99', 1.5);
  sky.position.set(0, 0, 1);
  return { sun, sky };
}

/** Puts the sun where its shadows fall around this point. */
export function shine(scene, target, radius) {
  const { sun } = scene.userData;
  sun.position.set(0.35, -0.5, 0.9).multiplyScalar(4 * radius).add(target);
  sun.target.position.copy(target);
}

/** Ten by ten cells of the ground, as a picture that repeats. */
function tiles(colors) {
  const picture = document.createElement('canvas');
  const size = 1000;
  picture.width = picture.height = size;
  const pen = picture.getContext('2d');
  pen.fillStyle = colors.ground;
  pen.fillRect(0, 0, size, size);
  for (let line = 0; line <= 10; line += 1) {
    const outer = line % 10 === 0;
    pen.fillStyle = outer ? colors.axis : colors.grid;
    const at = (line * size) / 10 - 1.5;
    pen.fillRect(at, 0, 3, size);
    pen.fillRect(0, at, size, 3);
  }
  const texture = new CanvasTexture(picture);
  texture.colorSpace = SRGBColorSpace;
  texture.wrapS = texture.wrapT = RepeatWrapping;
  texture.anisotropy = 16;
  return texture;
}

/** Ground with lines: every metre, or every tenth of one around small things. */
function ground(height, colors, radius) {
  const [size, cell] = [400, radius < 0.8 ? 0.1 : 1];
  const map = tiles(colors);
  map.repeat.set(size / (10 * cell), size / (10 * cell));
  const plane = new Mesh(new PlaneGeometry(size, size), new MeshStandardMaterial({ map, roughness: 1 }));
  plane.receiveShadow = true;
  plane.position.z = height;
  // Behind everything that lies on it at the same height.
  plane.renderOrder = -1;
  plane.material.depthWrite = false;
  return plane;
}

/** Light, ground, marks and zones. */
export function surroundings(description, colors, radius) {
  const scene = new Scene();
  scene.background = new Color(colors.sky);
  scene.fog = new Fog(colors.sky, 8 * radius, 30 * radius);
  const { sun, sky } = light(radius);
  scene.userData = { sun };
  scene.add(sun, sun.target, sky, ground(description.ground ?? 0, colors, radius));
  for (const zone of description.zones) {
    const mesh = shapeMesh(zone, '#22c55e');
    if (!mesh) continue;
    mesh.castShadow = false;
    Object.assign(mesh.material, { transparent: true, opacity: 0.15, depthWrite: false });
    scene.add(mesh);
  }
  for (const [, at] of description.marks) {
    const mesh = shapeMesh({ xyz: [at[0], at[1], at[2] + 0.15], quat: [1, 0, 0, 0], form: { kind: 'cone', radius: 0.08, length: 0.3 } }, '#22c55e');
    scene.add(mesh);
  }
  return scene;
}
