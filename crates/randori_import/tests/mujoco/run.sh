#!/bin/sh
# Compares imported robots with MuJoCo and Pinocchio: models made for this, the
# reference robots, and the models in a few Python packages. Makes its own Python
# environment. ../survey tries many more packages.
set -eu
cd "$(dirname "$0")/../../../.."
python="$(.ci/python mujoco mujoco==4.0.0 pin==4.1.0 numpy)"
data="$(realpath -m "${RANDORI_REFERENCE_DATA:-../shared/data}")/policies"
"$python" -m pip install --quiet --disable-pip-version-check --no-deps gymnasium dm_control \
    jvrc-description==1.1.1 upkie-description==2.2.0
cargo build --quiet -p randori_import --example describe
describe="$(realpath "${CARGO_TARGET_DIR:-target}/debug/examples/describe")"
tests="$PWD/crates/randori_import/tests"
# MuJoCo writes a log into the current folder.
logs="$(mktemp -d)"
trap 'rm -rf "$logs"' EXIT
cd "$logs"
"$python" -W ignore "$tests/mujoco/check_fixtures.py" "$describe"
site=$("$python" -c "import sysconfig; print(sysconfig.get_paths()['purelib'])")
set -- "$tests"/fixtures/mjcf/*.xml "$site"/gymnasium/envs/mujoco/assets/*.xml "$site"/dm_control/third_party/*/*.xml \
    "$site"/jvrc_description/urdf/*.urdf "$site"/upkie_description/urdf/*.urdf
for name in acrobot ball_in_cup cartpole cheetah finger fish hopper humanoid humanoid_CMU manipulator \
    pendulum point_mass quadruped reacher stacker swimmer walker; do
    set -- "$@" "$site/dm_control/suite/$name.xml"
done
if [ -d "$data" ]; then
    set -- "$data"/g*1_playground/scene_*flat*.xml "$data/go2_rl_sar/go2.xml" "$data/g1_isaaclab/g1_29dof.xml" "$@"
else
    echo "skipped: no reference robots (set RANDORI_REFERENCE_DATA)"
fi
"$python" -W ignore "$tests/mujoco/compare.py" "$describe" "$@"
