//! Import of sensors of an MJCF file, and reports of parts without effect.

use crate::common::{import_mjcf, read_back};
use randori_import::{Import, ImportStatus};

/// A robot with an arm, a loose ball, and more sections.
fn imported(joint: &str, more: &str) -> Import {
    import_mjcf(&format!(
        "<mujoco><worldbody><body name=\"base\"><freejoint/><geom type=\"box\" size=\".1 .1 .05\" mass=\"5\"/>
           <site name=\"s\"/><body name=\"arm\" pos=\"0 0 .05\"><joint name=\"a\" axis=\"0 1 0\" range=\"-1 1\" {joint}/>
           <geom type=\"box\" size=\".02 .02 .02\" mass=\".2\"/></body></body>
           <body name=\"ball\" pos=\"1 0 .1\"><freejoint name=\"loose\"/><geom size=\".1\" mass=\"1\"/><site name=\"b\"/></body>
         </worldbody>{more}</mujoco>"
    ))
}

/// Kind and words of the lines about elements of a section.
fn lines<'i>(found: &'i Import, section: &str) -> Vec<(ImportStatus, &'i str)> {
    let entries = found.report.entries.iter().filter(|entry| entry.element.contains(section));
    entries.map(|entry| (entry.kind, entry.what.as_str())).collect()
}

#[test]
fn a_sensor_that_cannot_be_is_dropped_once_with_what_to_take_instead() {
    let unmeasured = [
        "<subtreeangmom body=\"base\"/>",
        "<subtreecom body=\"base\"/>",
        "<subtreelinvel body=\"base\"/>",
        "<framelinacc objtype=\"body\" objname=\"arm\"/>",
        "<frameangacc objtype=\"body\" objname=\"arm\"/>",
        "<force site=\"s\"/>",
        "<torque site=\"s\"/>",
        "<magnetometer site=\"s\"/>",
        "<jointlimitpos joint=\"a\"/>",
        "<jointlimitfrc joint=\"a\"/>",
        "<e_kinetic/>",
        "<e_potential/>",
        "<clock/>",
        "<distance body1=\"arm\" body2=\"ball\"/>",
        "<framepos objtype=\"body\" objname=\"ball\"/>",
        "<gyro site=\"b\"/>",
        "<jointpos joint=\"loose\"/>",
    ];
    for sensor in unmeasured {
        let found = imported("", &format!("<sensor>{sensor}</sensor>"));

        let robot = read_back(&found);
        assert_eq!(robot.sensors.len(), 1, "{sensor}: only that of all joints");
        let told = lines(&found, "sensor/");
        assert!(matches!(told[..], [(ImportStatus::Dropped, _)]), "{sensor}: {told:?}");
    }
}

#[test]
fn a_sensor_that_differs_from_that_of_the_file_has_one_line() {
    let sensors = [
        ("<touch name=\"t\" site=\"s\"/>", ImportStatus::Approximated),
        ("<rangefinder name=\"r\" site=\"s\"/>", ImportStatus::Approximated),
        ("<framepos name=\"p\" objtype=\"body\" objname=\"arm\"/>", ImportStatus::Approximated),
        ("<framexaxis name=\"x\" objtype=\"site\" objname=\"s\"/>", ImportStatus::Approximated),
        ("<framequat name=\"q\" objtype=\"site\" objname=\"s\"/>", ImportStatus::Kept),
        ("<gyro name=\"g\" site=\"s\"/>", ImportStatus::Kept),
        ("<actuatorfrc actuator=\"m\"/>", ImportStatus::Kept),
        ("<jointvel joint=\"a\"/>", ImportStatus::Kept),
    ];
    for (sensor, status) in sensors {
        let more = format!(
            "<actuator><motor name=\"m\" joint=\"a\"/></actuator><sensor>{sensor}</sensor>"
        );
        let told = imported("", &more);

        let told = lines(&told, "sensor/");
        assert!(told.len() == 1 && told[0].0 == status, "{sensor}: {told:?}");
    }
}

#[test]
fn what_the_result_leaves_out_of_joints_geoms_and_options_has_a_line() {
    let joint = "solreflimit=\"0.01 1\" margin=\"0.1\" damping=\"1 2\" actuatorgravcomp=\"true\"";
    let more =
        "<option actuatorgroupdisable=\"2\"><flag limit=\"disable\" spring=\"disable\"/></option>
        <default><geom surfacevel=\"1 0 0\"/></default>";

    let found = imported(joint, more);

    let told: Vec<&str> = found.report.entries.iter().map(|entry| entry.what.as_str()).collect();
    for part in [
        "`solreflimit` of a joint",
        "`margin` of a joint",
        "`damping` of a joint that depends on its motion",
        "`actuatorgravcomp` of a joint",
        "groups 2 of actuators are disabled",
        "`limit` is disabled in the file",
        "`spring` is disabled in the file",
        "`surfacevel` of a geom",
    ] {
        assert!(told.iter().any(|line| line.starts_with(part)), "{part}: {told:#?}");
    }
}

#[test]
fn equalities_and_ranges_of_controls_that_the_file_disables_do_not_act() {
    let more = "<option><flag equality=\"disable\" clampctrl=\"disable\"/></option>
        <equality><weld body1=\"arm\" body2=\"base\"/></equality>
        <actuator><position joint=\"a\" ctrlrange=\"-1 1\"/></actuator>";

    let robot = read_back(&imported("", more));

    assert!(robot.loops.is_empty());
    assert_eq!(robot.actuators[0].limits.command, None);
}
