//! The tree of an MJCF file: robot, environment, replicated bodies.

use crate::common::{import, import_mjcf, mjcf, read_back};
use randori_core::diagnostic::render_short;
use randori_core::spec::{Base, EnvironmentSpec, Mobility, RobotSpec, ShapeSpec};
use randori_core::text::{Limits, MemoryFiles};
use randori_import::{Import, surroundings};

/// The import of files of which the first one is the main one.
fn import_files(files: &[(&str, &str)]) -> Import {
    let reader = MemoryFiles::new(files.iter().copied());
    let (found, sources) = import(&reader, &mjcf(files[0].0));
    assert!(found.errors.is_empty(), "{}", render_short(&found.errors, &sources));
    found
}

/// The first error of an import, as one line.
fn error(text: &str) -> String {
    let (found, sources) = import(&MemoryFiles::new([("m.xml", text)]), &mjcf("m.xml"));
    render_short(&found.errors, &sources).lines().next().unwrap_or_default().to_owned()
}

/// All of a world, which must pass the check together.
fn world(text: &str) -> (RobotSpec, EnvironmentSpec) {
    let mut found = import_mjcf(text);
    let environment = surroundings(&mut found);
    let robot = found.robot.clone().expect("a robot");
    let files = MemoryFiles::new([
        ("m.ron", randori_import::robot_text(&robot)),
        ("e.ron", randori_import::environment_text(&environment)),
        ("s.ron", randori_import::scenario_text(&found, "m.ron", "e.ron")),
    ]);
    let (_, findings) = randori_core::text::check_file(&files, "s.ron", &Limits::default());
    assert_eq!(findings.errors(), 0, "{}", findings.short());
    (robot, environment)
}

fn masses(robot: &RobotSpec) -> Vec<(&str, f64)> {
    let rounded = |mass: f64| (mass * 1e3).round() / 1e3;
    robot.links.iter().map(|link| (link.name.as_str(), rounded(link.mass_kg))).collect()
}

const ARM: &str = "<body name=\"arm\" pos=\"0 0 0.2\"><joint name=\"j\" axis=\"0 1 0\"/><geom size=\"0.1\"/></body>";

#[test]
fn ground_is_added_under_what_would_fall_only() {
    let ground = |body: &str, more: &str| {
        let text = format!("<mujoco>{more}<worldbody>{body}</worldbody></mujoco>");
        world(&text).1.ground.map(|ground| ground.height)
    };
    let bolted = format!("<body name=\"a\"><geom size=\"0.1\"/>{ARM}</body>");
    let free = |height: f64| {
        format!(
            "<body name=\"a\" pos=\"0 0 {height}\"><freejoint/><geom size=\"0.1\"/>{ARM}</body>"
        )
    };

    assert_eq!(ground(&bolted, ""), None);
    assert_eq!(ground(&format!("{bolted}{}", bolted.replace("name=\"", "name=\"b")), ""), None);
    assert_eq!(ground(ARM, ""), None);
    assert_eq!(ground(&free(1.0), ""), Some(0.0));
    // Standing in the ground by a little is contact; deeper, the ground is lower.
    assert_eq!(ground(&free(0.095), ""), Some(0.0));
    assert_eq!(ground(&free(0.0), ""), Some(-0.1));
    assert_eq!(ground(&free(1.0), "<option gravity=\"0 0 0\"/>"), None);
    let floor = "<geom type=\"plane\" size=\"0 0 1\" pos=\"0 0 -2\"/>";
    assert_eq!(ground(&format!("{floor}{bolted}"), ""), Some(-2.0));
    let table = "<geom type=\"box\" size=\"1 1 0.1\" pos=\"0 0 -1\"/>";
    assert_eq!(ground(&format!("{table}{}", free(1.0)), ""), Some(-1.1));
    let slope = "<geom type=\"plane\" size=\"0 0 1\" euler=\"0 20 0\"/>";
    assert_eq!(ground(&format!("{slope}{}", free(1.0)), ""), None);
}

#[test]
fn what_does_not_move_needs_no_mass() {
    let massless = "<geom type=\"box\" size=\"0.1 0.1 0.1\" mass=\"0\"/>";
    let (robot, _) = world(&format!(
        "<mujoco><worldbody><body name=\"base\">{massless}<body name=\"plate\">{massless}
           {ARM}</body></body></worldbody></mujoco>"
    ));

    assert_eq!(robot.base, Base::Fixed { link: "base".to_owned() });
    assert_eq!(masses(&robot), [("base", 0.0), ("arm", 4.189)]);
    assert_eq!(robot.links[0].shapes.len(), 2);
}

#[test]
fn a_body_that_moves_may_have_its_mass_from_what_is_welded_to_it() {
    let (robot, _) = world(
        "<mujoco><worldbody><body name=\"a\"><joint/><geom size=\"0.05\" mass=\"0\"/>
           <body name=\"b\" pos=\"0 0 1\"><geom size=\"0.1\"/></body></body></worldbody></mujoco>",
    );
    assert_eq!(masses(&robot), [("world", 0.0), ("a", 0.0), ("b", 4.189)]);

    let said = error(
        "<mujoco><worldbody>\n<body name=\"a\"><joint/><geom size=\"0.05\" mass=\"0\"/>
           <body name=\"b\"><joint/><geom size=\"0.1\"/></body></body></worldbody></mujoco>",
    );
    assert_eq!(said, "m.xml:2:1: error[RS0804]: body `a` moves but has no mass");
}

#[test]
fn an_object_that_moves_needs_mass() {
    let object = |inside: &str| {
        format!(
            "<mujoco><worldbody>{ARM}\n<body name=\"can\"><freejoint/>{inside}</body></worldbody></mujoco>"
        )
    };
    let weightless = "<geom size=\"0.05\" mass=\"0\"/>";
    let said = "m.xml:2:1: error[RS0804]: body `can` moves but has no mass";
    assert_eq!(error(&object(weightless)), said);
    assert_eq!(error(&object("<geom size=\"0.05\" density=\"0\"/>")), said);
    let label = "<body name=\"label\"><geom size=\"0.01\" mass=\"0.2\"/></body>";
    let (_, environment) = world(&object(&format!("{weightless}{label}")));
    let can = environment.objects.iter().find(|object| object.name == "can").expect("a can");
    assert!(
        matches!(can.mobility, Mobility::Movable { mass_kg, .. } if mass_kg == 0.2),
        "{:?}",
        can.mobility
    );
}

#[test]
fn children_of_the_world_touch_what_is_bolted_to_it() {
    let (robot, _) = world(&format!(
        "<mujoco><worldbody><body name=\"table\"><geom type=\"box\" size=\"0.2 0.2 0.02\"/>{ARM}</body>
           <body name=\"block\" pos=\"0 0 1\"><joint name=\"z\" type=\"slide\"/><geom size=\"0.1\"/>
             <body name=\"tip\"><joint name=\"t\"/><geom size=\"0.1\"/></body></body>
         </worldbody><contact><exclude body1=\"table\" body2=\"arm\"/></contact></mujoco>"
    ));

    let touching: Vec<&str> = robot
        .joints
        .iter()
        .filter(|joint| joint.contacts)
        .map(|joint| joint.name.as_str())
        .collect();
    assert!(robot.self_contact);
    assert_eq!(touching, ["z"]);
    let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    assert_eq!(robot.contact_exclusions, [pair("arm", "table")]);
}

#[test]
fn parts_of_a_mechanism_that_are_drawn_inside_each_other_do_not_push() {
    let found = import_mjcf(
        "<mujoco><worldbody><body name=\"palm\"><geom type=\"box\" size=\"0.04 0.015 0.03\"/>
           <body name=\"in\" pos=\"0 0.02 0\"><joint/><geom type=\"box\" size=\"0.01 0.01 0.01\"/></body>
           <body name=\"out\" pos=\"0 0.1 0\"><joint name=\"o\"/><joint axis=\"1 0 0\"/>
             <geom type=\"box\" size=\"0.01 0.01 0.01\"/></body></body></worldbody></mujoco>",
    );
    let robot = read_back(&found);

    let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    assert!(robot.joints.iter().any(|joint| joint.name == "o" && joint.contacts));
    assert_eq!(robot.contact_exclusions, [pair("in", "palm")]);
    assert!(found.report.entries.iter().any(|entry| entry.what.contains("overlap in the initial")));
}

#[test]
fn neighbours_whose_contact_is_listed_touch_and_others_of_their_joint_do_not() {
    let (robot, _) = world(
        "<mujoco><worldbody><body name=\"a\"><freejoint/><geom name=\"ga\" size=\"0.1\"/>
             <body name=\"weld\" pos=\"0 0 -1\"><geom size=\"0.1\"/></body>
             <body name=\"b\" pos=\"0 0 1\"><joint name=\"j\"/><geom name=\"gb\" size=\"0.1\"/></body></body>
         </worldbody><contact><pair geom1=\"ga\" geom2=\"gb\"/></contact></mujoco>",
    );

    assert!(robot.joints.iter().any(|joint| joint.name == "j" && joint.contacts));
    let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    assert_eq!(robot.contact_exclusions, [pair("b", "weld")]);
}

fn shape<'r>(robot: &'r RobotSpec, link: &str) -> &'r ShapeSpec {
    let found = robot.links.iter().find(|found| found.name == link);
    &found.expect("the link exists").shapes[0]
}

#[test]
fn exclusions_of_scenery_hold() {
    let (robot, environment) = world(
        "<mujoco><worldbody><body name=\"mount\"><geom size=\"0.1\"/></body>
           <body name=\"other\" pos=\"1 0 0\"><geom size=\"0.1\"/></body>
           <body name=\"knuckle\"><joint/><geom size=\"0.1\"/>
             <body name=\"tip\"><joint/><geom size=\"0.1\"/></body></body>
         </worldbody><contact><exclude body1=\"mount\" body2=\"knuckle\"/></contact></mujoco>",
    );

    let group = |name: &str| {
        let found = environment.objects.iter().find(|object| object.name == name);
        found.expect("an object").shapes[0].group.clone()
    };
    assert_eq!((group("mount").as_deref(), group("other")), (Some("mount"), None));
    assert_eq!(shape(&robot, "knuckle").ignores, ["mount"]);
    assert!(shape(&robot, "tip").ignores.is_empty());
}

#[test]
fn exclusions_of_the_world_leave_other_contacts() {
    let (robot, environment) = world(
        "<mujoco><worldbody><geom type=\"plane\" size=\"0 0 1\"/>
           <body name=\"ball\" pos=\"1 0 1\"><freejoint/><geom size=\"0.1\"/></body>
           <body name=\"a\"><freejoint/><geom size=\"0.1\"/>
             <body name=\"b\"><joint/><geom size=\"0.1\"/></body></body>
         </worldbody><contact><exclude body1=\"world\" body2=\"b\"/></contact></mujoco>",
    );

    assert_eq!(shape(&robot, "b").ignores, ["default"]);
    assert!(shape(&robot, "a").ignores.is_empty());
    // Only the ground is in the default group.
    assert_eq!(environment.objects[0].shapes[0].group.as_deref(), Some("c1_a1"));
    assert_eq!(shape(&robot, "a").group.as_deref(), Some("c1_a1"));
}

#[test]
fn bits_of_the_ground_count() {
    let (robot, _) = world(
        "<mujoco><worldbody><geom type=\"plane\" size=\"0 0 1\" contype=\"2\" conaffinity=\"2\"/>
           <body name=\"a\"><freejoint/><geom size=\"0.1\" contype=\"2\" conaffinity=\"2\"/>
             <body name=\"b\"><joint/><geom size=\"0.1\"/></body></body></worldbody></mujoco>",
    );

    assert_eq!((shape(&robot, "a").group.as_deref(), shape(&robot, "a").ignores.len()), (None, 1));
    assert!(shape(&robot, "b").ignores.contains(&"default".to_owned()));
}

/// Three balls on a bar, as in `MuJoCo` 4.0.0: 48 kg and three of 4.19 kg.
#[test]
fn a_replicate_keeps_its_mass() {
    let (robot, _) = world(
        "<mujoco><worldbody><body name=\"a\" pos=\"0 0 1\"><joint name=\"j\" axis=\"0 1 0\"/>
           <geom type=\"box\" size=\".1 .2 .3\"/>
           <replicate count=\"3\" offset=\".5 0 0\"><geom size=\".1\"/></replicate>
         </body></worldbody></mujoco>",
    );

    assert_eq!(masses(&robot), [("world", 0.0), ("a", 60.566)]);
}

#[test]
fn copies_are_placed_and_named_as_mujoco_does() {
    let found = import_mjcf(
        "<mujoco><worldbody><body name=\"r\"><joint/><geom size=\"0.1\"/>
           <replicate count=\"3\" offset=\".5 0 0\" euler=\"0 0 30\" sep=\"-\">
             <body name=\"a\" pos=\"1 0 0\"><joint name=\"j\"/><geom size=\".1\"/><site name=\"s\"/></body>
           </replicate>
           <replicate count=\"2\" offset=\"0 1 0\" euler=\"0 0 90\"><replicate count=\"2\" sep=\"x\" offset=\".5 0 0\">
             <body name=\"b\" pos=\"0 0 1\"><joint/><geom size=\".1\"/></body></replicate></replicate>
         </body></worldbody>
         <actuator><motor name=\"m\" joint=\"j\"/><motor name=\"n\" joint=\"j-1\"/></actuator>
         <sensor><gyro name=\"g\" site=\"s\"/></sensor></mujoco>",
    );
    let robot = read_back(&found);

    let place = |link: &str| {
        let joint = robot.joints.iter().find(|joint| joint.child == link).expect("a joint");
        joint.pose.xyz.map(|part| (part * 1e5).round() / 1e5)
    };
    // The numbers are those of mujoco 4.0.0.
    assert_eq!(place("a_1"), [1.36603, 0.5, 0.0]);
    assert_eq!(place("a_2"), [1.43301, 1.11603, 0.0]);
    assert_eq!(place("bx00"), [0.0, 0.0, 1.0]);
    assert_eq!(place("bx10"), [0.5, 0.0, 1.0]);
    assert_eq!(place("bx01"), [0.0, 1.0, 1.0]);
    assert_eq!(place("bx11"), [0.0, 1.5, 1.0]);
    let joints: Vec<&str> =
        robot.actuators.iter().map(|actuator| actuator.joint.as_str()).collect();
    assert_eq!(joints, ["j_1", "j_0", "j_2"]);
    let gyros: Vec<&str> = robot.sensors[1..].iter().map(|sensor| sensor.name.as_str()).collect();
    assert_eq!(gyros, ["g_0", "g_1", "g_2"]);
}

#[test]
fn hostile_counts_are_refused_soon() {
    let nested = "<replicate count=\"1000\">".repeat(20);
    let closed = "</replicate>".repeat(20);
    let body = "<body><joint/><geom size=\"1\"/></body>";
    let bytes = "x".repeat(100_000);
    for inside in [
        format!("<replicate count=\"1000000000\">{body}</replicate>"),
        "<replicate count=\"2000000000\"/>".to_owned(),
        format!("{nested}{body}{closed}"),
        format!("<replicate count=\"1000\"><site name=\"{bytes}\"/></replicate>{body}"),
    ] {
        let said = error(&format!("<mujoco><worldbody>{inside}</worldbody></mujoco>"));
        assert!(
            said.contains("error[RS0004]: `<replicate>` and `<attach>` expand to too many"),
            "{said}"
        );
    }
    let many = format!("<mujoco><worldbody>{}</worldbody></mujoco>", body.repeat(1_001));
    assert!(error(&many).contains("error[RS0004]: the file has 1001 joints"), "{}", error(&many));
    let wrong = "<mujoco><worldbody><replicate><geom size=\"1\"/></replicate></worldbody></mujoco>";
    assert!(error(wrong).contains("a replicate has no `count`"), "{}", error(wrong));
}

const KID: &str = r#"<mujoco model="kid"><compiler angle="radian" meshdir="m"/>
    <default><geom density="500"/><default class="q"><joint damping="2"/></default></default>
    <asset><mesh name="corner" file="corner.obj"/></asset>
    <worldbody><geom name="floor" type="plane" size="1 1 1"/>
      <body name="limb" pos="0 0 1" euler="0 0 1.5707963"><joint name="j" class="q" range="-1 1"/>
        <geom name="g" size=".1"/><geom type="mesh" mesh="corner"/><site name="tip" pos="0 0 .5"/>
        <body name="hand" pos="0 0 1"><joint name="w"/><geom size=".1"/></body></body>
      <body name="rest" pos="3 0 0"><joint name="r"/><geom size=".2"/></body></worldbody>
    <contact><exclude body1="limb" body2="hand"/><exclude body1="limb" body2="rest"/></contact>
    <actuator><motor name="m" joint="j"/><motor name="other" joint="r"/></actuator>
    <sensor><gyro name="gy" site="tip"/></sensor></mujoco>"#;

const CORNER: &str = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n";

/// Masses, poses and names are those of mujoco 4.0.0.
#[test]
fn attached_models_come_with_their_settings_classes_and_meshes() {
    let main = r#"<mujoco><asset><model name="kid" file="parts/kid.xml"/></asset>
        <default><geom density="2000"/></default>
        <worldbody><body name="torso" pos="0 0 2"><freejoint/><geom size=".2" density="1000"/>
          <frame pos="1 0 0"><attach model="kid" body="limb" prefix="L_"/></frame>
          <attach model="kid" body="limb" prefix="R_"/></body></worldbody>
        <actuator><motor name="x" joint="L_w"/></actuator></mujoco>"#;
    let files = [("m.xml", main), ("parts/kid.xml", KID), ("parts/m/corner.obj", CORNER)];

    let robot = read_back(&import_files(&files));

    let limb = 500.0 * (4.0 / 3.0 * std::f64::consts::PI * 1e-3 + 1.0 / 6.0);
    let limb = (limb * 1e3).round() / 1e3;
    assert_eq!(
        masses(&robot),
        [
            ("torso", 33.51),
            ("L_limb", limb),
            ("L_hand", 2.094),
            ("R_limb", limb),
            ("R_hand", 2.094)
        ]
    );
    let joint = robot.joints.iter().find(|joint| joint.name == "L_j").expect("a joint");
    assert_eq!((joint.pose.xyz, joint.damping), ([1.0, 0.0, 1.0], 2.0));
    assert_eq!(joint.kind.limits_si(), Some((-1.0, 1.0)));
    let names = |all: Vec<&String>| all.into_iter().cloned().collect::<Vec<String>>();
    let actuators = names(robot.actuators.iter().map(|actuator| &actuator.name).collect());
    assert_eq!(actuators, ["x", "L_m", "R_m"]);
    let sensors = names(robot.sensors[1..].iter().map(|sensor| &sensor.name).collect());
    assert_eq!(sensors, ["L_gy", "R_gy"]);
}

#[test]
fn a_whole_model_can_be_attached_and_replicated() {
    let main = r#"<mujoco><asset><model file="parts/kid.xml"/></asset><worldbody>
        <replicate count="2" offset="0 5 0"><attach model="kid" prefix="a_"/></replicate>
        </worldbody></mujoco>"#;
    let files = [("m.xml", main), ("parts/kid.xml", KID), ("parts/m/corner.obj", CORNER)];

    let robot = read_back(&import_files(&files));

    let names: Vec<&str> = robot.links.iter().map(|link| link.name.as_str()).collect();
    assert_eq!(names, ["world", "a_limb0", "a_hand0", "a_rest0", "a_limb1", "a_hand1", "a_rest1"]);
    assert_eq!(robot.actuators.len(), 4);
}

#[test]
fn attachments_that_cannot_be_are_refused() {
    let main = |file: &str, attach: &str| {
        format!(
            "<mujoco model=\"m\"><asset><model name=\"k\" file=\"{file}\"/></asset>
             <worldbody>{attach}</worldbody></mujoco>"
        )
    };
    let said = |text: &str| {
        let files = [("m.xml", text), ("k.xml", KID), ("r.xml", "<robot name=\"r\"/>")];
        let (found, sources) = import(&MemoryFiles::new(files), &mjcf("m.xml"));
        render_short(&found.errors, &sources).lines().next().unwrap_or_default().to_owned()
    };
    let attach = "<attach model=\"k\" body=\"limp\" prefix=\"\"/>";

    assert!(said(&main("m.xml", attach)).contains("`m.xml` attaches itself"));
    assert!(said(&main("k.xml", attach)).contains("there is no body called `limp`"));
    assert!(said(&main("no.xml", attach)).contains("`no.xml` cannot be read"));
    assert!(said(&main("r.xml", attach)).contains("`r.xml` is not an MJCF file"));
    assert!(said(&main("../k.xml", attach)).contains("cannot be attached"));
}

#[test]
fn soft_bodies_are_refused_rather_than_lost() {
    let with =
        |inside: &str| error(&format!("<mujoco><worldbody>\n{inside}{ARM}</worldbody></mujoco>"));

    let cloth = "<flexcomp name=\"cloth\" type=\"grid\" count=\"2 2 1\"/>";
    assert!(with(cloth).contains("m.xml:2:1: error[RS0806]: `<flexcomp>` is not supported"));
    let cable = "<composite prefix=\"c\" type=\"cable\"><geom size=\"1\"/></composite>";
    assert!(with(cable).contains("`<composite>` is not supported"));
    assert!(with("<thing><geom size=\"1\"/></thing>").contains("`<thing>` is unknown"));
}

#[test]
fn a_thing_with_the_name_of_the_robot_gets_another() {
    let (robot, environment) = world(&format!(
        "<mujoco model=\"table\"><worldbody><body name=\"table\"><geom size=\"0.1\"/></body>{ARM}</worldbody></mujoco>"
    ));

    assert_eq!((robot.name.as_str(), environment.objects[0].name.as_str()), ("table", "table_2"));
}

#[test]
fn odd_names_become_names_that_pass_the_check() {
    let long = "n".repeat(400);
    for name in ["", " ", "G", "until", "1st", "ä ö", "a/b c", "max", "speed", &long] {
        let (robot, _) = world(&format!(
            "<mujoco model=\"{name}\"><worldbody><body name=\"{name}\"><joint name=\"{name}\"/><geom size=\"0.1\"/>
               <body name=\"{name}_\"><joint name=\"{name}.\"/><geom size=\"0.1\"/></body></body></worldbody>
             <actuator><motor name=\"{name}\" joint=\"{name}.\"/></actuator></mujoco>"
        ));
        assert!(robot.name.len() <= 64, "{}", robot.name);
    }
}

#[test]
fn a_drone_is_told_that_it_falls() {
    let text = "<mujoco><worldbody><body name=\"d\" pos=\"0 0 1\"><freejoint/><geom size=\"0.1\"/><site name=\"s\"/></body></worldbody>
         <actuator><motor name=\"t\" site=\"s\" gear=\"0 0 1 0 0 0\"/></actuator></mujoco>";
    let falls = |text: &str| {
        let found = import_mjcf(text);
        found
            .report
            .entries
            .iter()
            .any(|entry| entry.is_doubtful && entry.what.contains("without them `d` falls"))
    };

    assert!(falls(text));
    assert!(!falls(&text.replace("<worldbody>", "<option gravity=\"0 0 0\"/><worldbody>")));
}

#[test]
fn things_start_where_the_first_keyframe_puts_them_with_what_is_welded_to_them() {
    let (_, environment) = world(
        "<mujoco><worldbody><body name=\"cube\" pos=\"1 0 1\"><freejoint/><geom type=\"box\" size=\".1 .1 .1\"/>
             <body name=\"knob\" pos=\"0 0 .2\"><geom size=\".1\" mass=\"2\"/></body></body>
           <body name=\"bot\"><freejoint/><geom size=\".1\"/><body><joint/><geom size=\".1\"/></body></body></worldbody>
         <keyframe><key name=\"k\" qpos=\"2 0 1 0 1 0 0  0 0 2 1 0 0 0 .5\"/></keyframe></mujoco>",
    );

    assert_eq!(environment.objects.len(), 1);
    let cube = &environment.objects[0];
    assert_eq!((cube.pose.xyz, cube.pose.quat), ([2.0, 0.0, 1.0], Some([1.0, 0.0, 0.0, 0.0])));
    assert_eq!(cube.shapes[1].pose.xyz, [0.0, 0.0, 0.2]);
    let Mobility::Movable { mass_kg, .. } = cube.mobility else { panic!("it moves") };
    assert!((mass_kg - 10.0).abs() < 1e-9, "{mass_kg}");
}
