// Shapes of the scenario as three.js geometry, Z up.

import { BoxGeometry, BufferAttribute, BufferGeometry, CapsuleGeometry, ConeGeometry, CylinderGeometry, PlaneGeometry, SphereGeometry, Vector3 } from 'three';
import { ConvexGeometry } from 'three/addons/geometries/ConvexGeometry.js';

/** Edge of the piece that is drawn of an endless plane, m. */
const PLANE_SIZE = 40;

const upright = (geometry) => geometry.rotateX(Math.PI / 2);

function mesh({ vertices, triangles }) {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(vertices.flat()), 3));
  geometry.setIndex(triangles.flat());
  return flat(geometry);
}

function flat(geometry) {
  const corners = geometry.toNonIndexed();
  corners.computeVertexNormals();
  return corners;
}

function terrain({ size: [x, y], heights }) {
  const rows = heights.length;
  const columns = heights[0].length;
  const vertices = heights.flatMap((row, r) =>
    row.map((height, c) => [(c / (columns - 1) - 0.5) * x, (r / (rows - 1) - 0.5) * y, height]));
  const triangles = [];
  for (let r = 0; r + 1 < rows; r += 1) {
    for (let c = 0; c + 1 < columns; c += 1) {
      const at = r * columns + c;
      triangles.push([at, at + 1, at + columns], [at + 1, at + columns + 1, at + columns]);
    }
  }
  return mesh({ vertices, triangles });
}

const MAKERS = {
  box: ({ size }) => new BoxGeometry(...size),
  sphere: ({ radius }) => new SphereGeometry(radius, 28, 18),
  capsule: ({ radius, length }) => upright(new CapsuleGeometry(radius, length, 10, 24)),
  cylinder: ({ radius, length }) => upright(new CylinderGeometry(radius, radius, length, 32)),
  cone: ({ radius, length }) => upright(new ConeGeometry(radius, length, 32)),
  hull: ({ points }) => new ConvexGeometry(points.map((point) => new Vector3(...point))),
  mesh,
  terrain,
  plane: () => new PlaneGeometry(PLANE_SIZE, PLANE_SIZE),
};

/** The geometry of a form; nothing for one that this page does not know. */
export function geometry(form) {
  return MAKERS[form.kind]?.(form) ?? null;
}
