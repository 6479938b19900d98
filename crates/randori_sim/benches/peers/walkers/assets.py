"""Finds the authors' files and builds MuJoCo models from them."""

import os
from pathlib import Path

import mujoco
import yaml

REPOSITORY = Path(__file__).resolve().parents[5]


def policies_folder(named=None):
    """The folder with one folder per policy: named, from the environment, or beside the checkout."""
    reference = os.environ.get("RANDORI_REFERENCE_DATA")
    choices = [
        named,
        os.environ.get("RANDORI_ASSETS"),
        reference and Path(reference) / "policies",
        REPOSITORY.parent / "shared" / "data" / "policies",
    ]
    folder = Path(next(choice for choice in choices if choice))
    if not folder.is_dir():
        raise SystemExit(f"no folder {folder}: name it by --assets or RANDORI_ASSETS")
    return folder.resolve()


def load_model(file, timestep_s):
    """Compiles an MJCF without its meshes, and with a flat floor if it has none.

    The meshes are looks only (or absent): the robots touch the ground with
    primitive geoms, and all inertias are explicit.
    """
    spec = mujoco.MjSpec.from_file(str(file))
    for geom in [g for g in spec.geoms if g.type == mujoco.mjtGeom.mjGEOM_MESH]:
        spec.delete(geom)
    for mesh in list(spec.meshes):
        spec.delete(mesh)
    if not any(g.type == mujoco.mjtGeom.mjGEOM_PLANE for g in spec.worldbody.geoms):
        spec.worldbody.add_geom(name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 0.05])
    model = spec.compile()
    model.opt.timestep = timestep_s
    return model


class _PlainLoader(yaml.SafeLoader):
    """Reads Python objects in YAML as nothing instead of building them."""


_PlainLoader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)


def load_yaml(file):
    with open(file, encoding="utf-8") as text:
        return yaml.load(text, Loader=_PlainLoader)
