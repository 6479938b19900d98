#!/bin/sh
# Compares imported robots with MuJoCo: models made for this, the reference robots,
# and the models in gymnasium and dm_control. Makes its own Python environment.
set -eu
cd "$(dirname "$0")/../../../.."
python="$(.ci/python mujoco mujoco==4.0.0 numpy)"
data="${RANDORI_REFERENCE_DATA:-../shared/data}/policies"
"$python" -m pip install --quiet --disable-pip-version-check --no-deps gymnasium dm_control
cargo build --quiet -p randori_import --example describe
describe="${CARGO_TARGET_DIR:-target}/debug/examples/describe"
site=$("$python" -c "import sysconfig; print(sysconfig.get_paths()['purelib'])")
set -- crates/randori_import/tests/fixtures/mjcf/*.xml "$site"/gymnasium/envs/mujoco/assets/*.xml "$site"/dm_control/third_party/*/*.xml
for name in acrobot ball_in_cup cartpole cheetah finger fish hopper humanoid humanoid_CMU manipulator \
    pendulum point_mass quadruped reacher stacker swimmer walker; do
    set -- "$@" "$site/dm_control/suite/$name.xml"
done
if [ -d "$data" ]; then
    set -- "$data"/g*1_playground/scene_*flat*.xml "$data/go2_rl_sar/go2.xml" "$data/g1_isaaclab/g1_29dof.xml" "$@"
else
    echo "skipped: no reference robots (set RANDORI_REFERENCE_DATA)"
fi
"$python" -W ignore crates/randori_import/tests/mujoco/compare.py "$describe" "$@"
