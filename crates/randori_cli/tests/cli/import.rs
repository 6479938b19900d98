//! `randori import`, and assets that are no part of a project.

use crate::project::Project;

/// A swing: a bar that hangs from the world, with a motor.
const SWING: &str = r#"<mujoco model="swing">
  <option timestep="0.002"/>
  <worldbody>
    <geom name="floor" type="plane" size="5 5 0.1"/>
    <body name="post" pos="0 0 1">
      <geom type="box" size="0.02 0.02 0.02" mass="0.5"/>
      <body name="bar">
        <joint name="hinge" axis="0 1 0" range="-90 90" damping="0.01"/>
        <geom type="capsule" fromto="0 0 0 0 0 -0.4" size="0.02" mass="0.3"/>
        <site name="tip" pos="0 0 -0.4"/>
      </body>
    </body>
  </worldbody>
  <actuator><position name="servo" joint="hinge" kp="20" forcerange="-5 5"/></actuator>
  <sensor><gyro name="spin" site="tip"/></sensor>
  <keyframe><key name="raised" qpos="0.5" ctrl="0.5"/></keyframe>
</mujoco>"#;

fn with_swing() -> Project {
    let project = Project::new();
    project.write("foreign/swing.xml", SWING);
    project
}

#[test]
fn an_import_is_a_project_that_runs_and_does_not_jump() {
    let project = with_swing();

    let ended = project.randori(&["import", "foreign/swing.xml"]).expect_code(0);

    for kept in [
        "swing.xml:7: kept: link `bar`",
        "swing.xml:8: kept: joint `hinge`",
        "swing.xml:14: kept: actuator `servo`",
        "swing.xml:15: kept: sensor `spin`",
        "swing.xml:16: kept: pose `raised`",
    ] {
        assert!(ended.stdout.contains(kept), "{kept}:\n{}", ended.stdout);
    }
    let wrote = "wrote swing/assets/robots/swing/swing.ron";
    assert!(ended.stderr.contains(wrote), "{}", ended.stderr);
    project.randori(&["check", "--deny-warnings", "swing"]).expect_code(0);
    let ran = project.randori(&["run", "swing/scenarios/swing.ron", "--json"]).expect_code(0);
    let report = &ran.json_lines()[0];
    let fastest = report["metrics"]["max(speed(swing))"].as_f64().expect("a speed");
    assert!(fastest < 1e-3, "{report}");
}

#[test]
fn an_import_overwrites_nothing_unasked() {
    let project = with_swing();
    project.randori(&["import", "foreign/swing.xml", "-o", "out"]).expect_code(0);

    let again = project.randori(&["import", "foreign/swing.xml", "-o", "out"]).expect_code(2);

    assert!(again.stderr.contains("exists already"), "{}", again.stderr);
    project.randori(&["import", "foreign/swing.xml", "-o", "out", "--force"]).expect_code(0);
}

#[test]
fn a_broken_file_is_told_with_its_place_and_writes_nothing() {
    let project = with_swing();
    project.edit("foreign/swing.xml", "mass=\"0.3\"", "mass=\"-0.3\"");

    let ended = project.randori(&["import", "foreign/swing.xml"]).expect_code(3);

    assert!(ended.stderr.contains("foreign/swing.xml:9:66"), "{}", ended.stderr);
    assert!(!project.path().join("swing").exists());
}

/// The highest speed of a joint in the run of what was imported.
fn fastest(project: &Project, folder: &str, name: &str, joint: &str) -> f64 {
    let scenario = format!("{folder}/scenarios/{name}.ron");
    let metric = format!("max(joint_speed({name}.{joint}))");
    project.edit(&scenario, "metrics: [", &format!("metrics: [\"{metric}\", "));
    let ran = project.randori(&["run", &scenario, "--json"]).expect_code(0);
    ran.json_lines()[0]["metrics"][metric.as_str()].as_f64().expect("a speed").abs()
}

/// A finger whose tip reaches below the level of the floor that the file lacks.
const FINGER: &str = r#"<mujoco model="finger"><worldbody><body name="palm">
  <geom type="box" size=".04 .015 .03"/>
  <body name="a" pos="0 .02 -.01" euler="10 20 0"><joint name="a" axis="1 0 0" damping=".009" armature="8e-5"/>
    <geom type="box" size=".008 .008 .02" mass=".02"/></body></body></worldbody>
  <actuator><position name="a" joint="a" kp="2"/></actuator></mujoco>"#;

#[test]
fn a_bolted_robot_whose_file_has_no_floor_gets_none() {
    let project = Project::new();
    project.write("finger.xml", FINGER);

    let ended = project.randori(&["import", "finger.xml", "-o", "out"]).expect_code(0);

    assert!(ended.stdout.contains("without ground"), "{}", ended.stdout);
    assert!(fastest(&project, "out", "finger", "a") < 0.05);
}

/// A finger deep in its mount, which an exclusion allows.
const MOUNTED: &str = r#"<mujoco model="m"><option gravity="0 0 0"/><worldbody>
  <body name="mount" pos="0 0 .5"><geom type="box" size=".06 .06 .06"/></body>
  <body name="knuckle" pos=".05 .02 .51" euler="10 20 30"><joint name="j0" armature="8e-5" damping=".009"/>
    <geom type="box" size=".03 .02 .03" mass=".1"/>
    <body name="link" pos=".01 .01 .02"><joint name="j1" axis="1 0 0" armature="8e-5" damping=".009"/>
      <geom type="capsule" fromto="-.02 0 -.04 0 .03 .08" size=".012" mass=".05"/></body></body></worldbody>
  <contact><exclude body1="mount" body2="knuckle"/><exclude body1="mount" body2="link"/></contact></mujoco>"#;

#[test]
fn a_robot_passes_through_scenery_that_its_file_excludes() {
    let project = Project::new();
    project.write("m.xml", MOUNTED);
    project.randori(&["import", "m.xml", "-o", "out"]).expect_code(0);

    assert!(fastest(&project, "out", "m", "j0") < 1e-3);
}

/// A jaw that presses a block against its palm, with a keyframe that grips; nothing
/// is below.
const JAW: &str = r#"<mujoco model="jaw"><option timestep="0.002"/><default><geom friction="1"/></default><worldbody>
  <body name="palm" pos="0 0 1"><geom type="box" size=".01 .05 .05"/>
    <body name="jaw" pos=".05 0 0"><joint name="close" type="slide" axis="-1 0 0" range="0 .04" damping="1"/>
      <geom type="box" size=".01 .05 .05" mass=".1"/></body></body>
  <body name="block" pos=".025 0 1"><freejoint/><geom type="box" size=".015 .03 .03" mass=".1"/></body></worldbody>
  <actuator><position name="close" joint="close" kp="500" ctrlrange="0 .04"/></actuator>
  <keyframe><key name="grip" qpos="0 .025 0 1 1 0 0 0" ctrl=".03"/></keyframe></mujoco>"#;

/// The height of the block in the jaw at the end of the run, m.
fn height_of_the_block(project: &Project) -> f64 {
    let ran = project.randori(&["run", "out/scenarios/jaw.ron", "--json"]).expect_code(0);
    ran.json_lines()[0]["metrics"]["min(height(block))"].as_f64().expect("a height")
}

#[test]
fn a_jaw_holds_what_its_keyframe_grips() {
    let project = Project::new();
    project.write("jaw.xml", JAW);
    let ended = project.randori(&["import", "jaw.xml", "-o", "out"]).expect_code(0);
    assert!(ended.stdout.contains("commands of 1 actuator in the scenario"), "{}", ended.stdout);
    project.edit("out/scenarios/jaw.ron", "metrics: [", "metrics: [\"min(height(block))\", ");

    let gripped = height_of_the_block(&project);

    assert!(gripped > 0.99, "{gripped}");
    project.edit("out/scenarios/jaw.ron", "\"close\": 0.03", "\"close\": 0.0");
    let dropped = height_of_the_block(&project);
    assert!(dropped < 0.5, "{dropped}");
}

/// A block on a slide of the world above a table that is part of the robot.
const SLIDE: &str = r#"<mujoco model="mech"><worldbody>
  <body name="table"><geom type="box" size=".2 .2 .02"/>
    <body name="arm" pos=".3 0 0"><joint name="a" axis="0 1 0" range="-90 90"/>
      <geom type="box" size=".02 .02 .1" pos=".1 0 0" mass="1"/></body></body>
  <body name="block" pos="0 0 .3"><joint name="z" type="slide" axis="0 0 1"/>
    <geom type="box" size=".05 .05 .05" mass="1"/></body></worldbody>
  <actuator><position joint="a" kp="100" kv="5"/></actuator></mujoco>"#;

#[test]
fn a_link_that_slides_on_the_world_rests_on_what_is_bolted_to_it() {
    let project = Project::new();
    project.write("mech.xml", SLIDE);
    project.randori(&["import", "mech.xml", "-o", "out"]).expect_code(0);
    project.edit("out/scenarios/mech.ron", "metrics: [", "metrics: [\"joint(mech.z)\", ");

    let ran = project.randori(&["run", "out/scenarios/mech.ron", "--json"]).expect_code(0);

    let height = 0.3 + ran.json_lines()[0]["metrics"]["joint(mech.z)"].as_f64().expect("a length");
    assert!((height - 0.07).abs() < 2e-3, "{height}");
}

#[test]
fn the_command_that_reads_files_beside_the_folder_is_told() {
    let project = Project::new();
    let part = "<mujocoinclude><geom type=\"plane\" size=\"1 1 .1\"/></mujocoinclude>";
    project.write("part.xml", part);
    let main = "<mujoco model=\"m\"><worldbody><include file=\"../part.xml\"/><body name=\"b\" pos=\"0 0 1\">\
                <freejoint/><geom size=\".1\"/></body></worldbody></mujoco>";
    project.write("sub/m.xml", main);

    let ended = project.randori(&["import", "sub/m.xml", "-o", "out"]).expect_code(3);

    let command = "randori import sub/m.xml --root .";
    assert!(ended.stderr.contains(command), "{}", ended.stderr);
    project.randori(&["import", "sub/m.xml", "--root", ".", "-o", "out"]).expect_code(0);
}

const SCENARIO: &str = r#"Scenario(format: 1, title: "swing", duration: 0.1, environment: "assets:flat.ron",
    robots: [(name: "swing", model: "assets:swing.ron", pose: (xyz: (0, 0, 1)), start: (named: "raised"),
              policy: (use: Builtin(name: "hold"), rate_hz: 50))],
    metrics: ["joint(swing.hinge)"])"#;

const ROBOT: &str = r#"Robot(format: 1, name: "swing", about: "mine",
    import: Mjcf(path: "assets:swing.xml", from: "the playground"))"#;

#[test]
fn assets_from_elsewhere_are_found_in_the_folder_that_is_named() {
    let project = with_swing();
    project.write("scenarios/swing.ron", SCENARIO);
    project.write("assets/swing.ron", ROBOT);

    let without = project.randori(&["run", "scenarios/swing.ron"]).expect_code(3);
    assert!(without.stderr.contains("get it from the playground"), "{}", without.stderr);
    let all = project.randori(&["run", "scenarios"]).expect_code(0);
    assert!(all.stderr.contains("skipped 1 scenario whose assets"), "{}", all.stderr);

    let listed = project.randori(&["list"]).expect_code(0);
    assert!(listed.stderr.contains("skipped 1 scenario whose assets"), "{}", listed.stderr);

    let with = ["run", "scenarios/swing.ron", "--assets", "foreign", "--json"];
    let report = project.randori(&with).expect_code(0).json_lines().remove(0);
    let angle = report["metrics"]["joint(swing.hinge)"].as_f64().expect("an angle");
    assert!((angle - 0.5).abs() < 0.03, "{report}");
    let by_variable = project
        .command(&["run", "scenarios/swing.ron"])
        .env("RANDORI_ASSETS", project.path().join("foreign"))
        .output()
        .expect("the program starts");
    assert!(by_variable.status.success());
}

/// A tag of 5 x 5 cm without any thickness, as STL text.
const TAG: &str = "solid tag
facet outer loop vertex -0.025 -0.025 0 vertex 0.025 -0.025 0 vertex 0.025 0.025 0 endloop endfacet
facet outer loop vertex -0.025 -0.025 0 vertex 0.025 0.025 0 vertex -0.025 0.025 0 endloop endfacet
endsolid";

#[test]
fn a_flat_collision_mesh_becomes_a_thin_plate_and_the_project_runs() {
    let project = Project::new();
    project.write("tag.stl", TAG);
    project.write(
        "r.urdf",
        r#"<robot name="r"><link name="base">
            <inertial><mass value="1"/><inertia ixx="0.01" iyy="0.01" izz="0.01" ixy="0" ixz="0" iyz="0"/></inertial>
            <collision><geometry><mesh filename="tag.stl"/></geometry></collision>
        </link></robot>"#,
    );

    let ended = project.randori(&["import", "r.urdf", "-o", "out"]).expect_code(0);

    assert!(ended.stdout.contains("flat, given a thickness of 0.000707"), "{}", ended.stdout);
    project.randori(&["check", "out/scenarios"]).expect_code(0);
    project.randori(&["run", "out/scenarios"]).expect_code(0);
}
