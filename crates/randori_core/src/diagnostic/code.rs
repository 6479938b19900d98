//! The codes of diagnostics (problems of files) and of run errors, in tables. Codes
//! are stable: one is never reused.

use std::fmt;

/// Declares a type of codes, with its codes as constants and in one table.
macro_rules! codes {
    (
        $(#[$doc:meta])*
        $type:ident: $($name:ident $code:literal $title:literal $explanation:literal;)*
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(&'static str);

        impl $type {
            $(#[doc = concat!($title, ".")] pub const $name: Self = Self($code);)*

            /// All codes, in ascending order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            fn texts(self) -> (&'static str, &'static str) {
                match self.0 {
                    $($code => ($title, $explanation),)*
                    _ => ("", ""),
                }
            }

            /// The code as text, such as `RS0203`.
            pub fn as_str(self) -> &'static str {
                self.0
            }

            /// The code with this text, in any case.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.0.eq_ignore_ascii_case(text))
            }

            /// A short title of the problem.
            pub fn title(self) -> &'static str {
                self.texts().0
            }

            /// A paragraph with the meaning of the code and advice.
            pub fn explain(self) -> &'static str {
                self.texts().1
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.0)
            }
        }
    };
}

codes! {
    /// The stable code of a kind of diagnostic, such as `RS0203`.
    DiagnosticCode:
    // Files.
    UNREADABLE_FILE "RS0001" "A file cannot be read"
        "The file does not exist, is a directory, is not UTF-8 text, or access is denied. Paths \
         are relative to the file that contains them, or start with `assets:` for the project's \
         `assets` folder.";
    PATH_OUTSIDE_PROJECT "RS0002" "A path leaves the project"
        "A path is absolute, leads out of the project with `..`, or contains something that is \
         not a plain file name. Scenario files are untrusted input, so they can refer to files \
         of their own project only.";
    WRONG_FILE_KIND "RS0003" "A file of the wrong kind"
        "Each file starts with its kind: `Scenario(...)`, `Robot(...)`, `Environment(...)` or \
         `PolicyContract(...)`. This file starts with another kind than expected here.";
    LIMIT_EXCEEDED "RS0004" "A limit is exceeded"
        "A file asks for more than the limits allow (size of a file, number of files, nesting, \
         bodies, joints, beams, ticks). Limits protect against mistakes and hostile files; they \
         can be raised on the command line (`--limit bodies=20000`), never by a file.";
    UNKNOWN_FORMAT "RS0005" "An unknown format version"
        "The `format:` field of a file has a version that this program does not support. The \
         only version is 1.";
    MISSING_ASSET "RS0006" "A missing asset"
        "A robot or a network that is not part of the project was not found. The field `from` \
         beside its path gives its source. Put it into the project's `assets` folder, or \
         pass its folder by `--assets DIR` or the environment variable `RANDORI_ASSETS`. In a \
         folder of scenarios, those with missing assets are skipped with a note.";
    // Text.
    SYNTAX "RS0101" "The text is not valid RON"
        "The text is not valid RON: an unclosed bracket or string, a missing comma or colon, or \
         an unexpected character.";
    UNKNOWN_FIELD "RS0102" "An unknown field"
        "The structure has no field of this name. Unknown fields are errors, so that a typo \
         cannot silently select a default.";
    UNKNOWN_VARIANT "RS0103" "An unknown value"
        "The value must be one of a few named choices, and is none of them.";
    MISSING_FIELD "RS0104" "A field is missing"
        "A required field was omitted.";
    WRONG_TYPE "RS0105" "A value of the wrong type"
        "The value does not have the type of its field: a string instead of a number, a list \
         instead of a vector `(x, y, z)`, or a bare number instead of an angle with its unit \
         (`Deg(90)` or `Rad(1.57)`).";
    DUPLICATE_FIELD "RS0106" "A field or key is given twice"
        "A field appears twice in one structure, or a key twice in one map. Only one of them \
         could apply, so the second one is an error.";
    WRONG_LENGTH "RS0107" "A wrong number of elements"
        "A vector has too few or too many elements: positions have three, quaternions four, \
         points on the ground two.";
    // Names and paths.
    DUPLICATE_NAME "RS0201" "A name is used twice"
        "Names are unique within their list. Robots, actors, objects, zones and waypoints share \
         one namespace, because goals and events refer to all of them in the same way.";
    INVALID_NAME "RS0202" "An invalid name"
        "Names consist of letters, digits and underscores and do not start with a digit, \
         because paths such as `courier.base` and goal formulas use them as identifiers.";
    UNKNOWN_LINK "RS0203" "An unknown link"
        "A joint, sensor, loop or base names a link that the robot does not have.";
    UNKNOWN_JOINT "RS0204" "An unknown joint"
        "An actuator, sensor, coupling or pose names a joint that the robot does not have.";
    UNKNOWN_MATERIAL "RS0205" "An unknown material"
        "A shape names a material that is neither defined under `materials` of the same file \
         nor built in (rubber, plastic, wood, steel, concrete, ice).";
    UNKNOWN_POSE "RS0206" "An unknown named pose"
        "A robot's `start: (named: ...)` names a pose that its robot file does not define under \
         `poses`.";
    UNKNOWN_BODY "RS0207" "An unknown body"
        "An event acts on a body that does not exist. Bodies are robots (`courier`), their \
         links (`courier.base`) and movable objects.";
    UNKNOWN_PRESET "RS0208" "An unknown error preset"
        "A sensor's error model uses a data-sheet preset that does not exist.";
    UNKNOWN_CHANNEL "RS0209" "An unknown channel"
        "A sensor's error model or an event refers to a channel that this kind of sensor lacks.";
    UNKNOWN_GOAL "RS0210" "An unknown goal"
        "`expect: Fail(goal: ...)` names a goal that the scenario does not have.";
    UNKNOWN_PATH "RS0211" "An unknown path"
        "A path given to `--set`, or a key of `vary`, names something that does not exist in \
         the scenario, its environment or its robots. Elements of lists are addressed by their \
         name or their index, values of `A(x, y)` by their position: \
         `robots.courier.links.base.mass_kg`, `events.0.do.impulse.1`.";
    NOT_A_SCALAR "RS0212" "A path to more than a single value"
        "Overrides and variations replace one number, string or choice. A structure or list is \
         changed by paths to its parts. Paths of files cannot be overridden, because files \
         are read earlier.";
    INVALID_OVERRIDE "RS0213" "An override that is not a single value"
        "The text after `=` must be exactly one RON value, such as `0.3`, `true`, `Deg(90)` or \
         `\"text\"`.";
    UNKNOWN_GROUP "RS0214" "A collision group without members"
        "A shape ignores a collision group that no shape of the scenario belongs to, so the \
         entry has no effect.";
    UNKNOWN_SENSOR "RS0215" "An unknown sensor"
        "An event names a sensor that no robot of the scenario has. Sensors are named with \
         their robot: `pup.imu`.";
    // Values.
    OUT_OF_RANGE "RS0301" "A number out of range"
        "A number is outside of its physically meaningful range, such as a mass of zero, \
         negative damping or a probability above one.";
    NOT_FINITE "RS0302" "A number that is not finite"
        "All numbers must be finite and representable in single precision: no `inf`, no `NaN`, \
         nothing beyond 3.4e38.";
    IMPOSSIBLE_INERTIA "RS0303" "An impossible inertia"
        "No real body has this inertia: principal moments must be positive, and none may exceed \
         the sum of the other two (the triangle inequality). Usual causes are wrong units, \
         moments about a point other than the centre of mass, and products of inertia with the \
         wrong sign.";
    NO_VOLUME "RS0304" "Inertia of shapes without volume"
        "`inertia: FromShapes` spreads the mass over the link's shapes, but the link has no \
         shape with a volume. Give it a box, sphere, capsule, cylinder, cone or hull, or write \
         `inertia: Moments(...)`.";
    DEGENERATE_SHAPE "RS0305" "Degenerate geometry"
        "A hull needs four points that are not coplanar, a mesh triangles between existing \
         vertices, a heightfield at least two rows of two heights, all of equal length, and an \
         actor's path two distinct points.";
    IMMOVABLE_SHAPE "RS0306" "A surface shape on a movable body"
        "Planes, triangle meshes and heightfields are surfaces without volume: they can be \
         part of static objects only. Use a convex hull or several simple shapes for movable \
         bodies.";
    NO_DIRECTION "RS0307" "A direction of length zero"
        "An axis `Along(0, 0, 0)` or a quaternion `(0, 0, 0, 0)` has no direction.";
    ROTATION_TWICE "RS0308" "A rotation given twice"
        "A pose gives its rotation as `rpy` or as `quat`, but not both.";
    REVERSED_RANGE "RS0309" "A reversed range"
        "The lower end of a range is above its upper end.";
    BEYOND_LIMITS "RS0310" "A joint coordinate beyond its limits"
        "A joint coordinate of a pose is outside of the joint's limits; the simulation would \
         start with a large correction.";
    WRONG_UNIT "RS0311" "A coordinate of the wrong unit"
        "Rotating joints take `Deg(...)` or `Rad(...)`, prismatic joints `M(...)`, spherical \
         joints take a rotation: `Rpy(Deg(0), Deg(90), Deg(0))` or `Quat(x, y, z, w)`. Fixed \
         joints have no coordinate.";
    START_OVERLAP "RS0312" "Bodies that overlap at the start"
        "Two bodies that can collide overlap in the initial state by more than a resting \
         contact does (1 mm). The simulation starts by pushing them apart, which throws light \
         bodies away and strains joints. Move one of them, start the robot in another pose, or \
         exclude the pair: `contact_exclusions` for two links of a robot, `group` and `ignores` \
         for shapes of any bodies.";
    CANNOT_BUILD "RS0313" "A world that cannot be built"
        "The files pass all checks of their text, but the physics engine cannot represent a \
         body, which the message names. A run ends with RR0201.";
    // Structure.
    TWO_PARENTS "RS0401" "A link with two parents"
        "Two joints have the same child. Joints form a tree; a constraint that closes a \
         kinematic loop is written under `loops`.";
    CYCLE "RS0402" "A cycle of joints"
        "The joints form a cycle of parents and children. Joints form a tree; a constraint \
         that closes a kinematic loop is written under `loops`.";
    UNREACHABLE_LINK "RS0403" "A disconnected link"
        "No chain of joints connects the link to the base.";
    BASE_HAS_PARENT "RS0404" "The base is the child of a joint"
        "The base link is the root of the joint tree, so it cannot be a joint's child.";
    SELF_CONNECTION "RS0405" "A connection of an element with itself"
        "A joint, loop or coupling names the same element on both sides.";
    WRONG_JOINT_KIND "RS0406" "An unsuitable joint"
        "Actuators, couplings, springs and wheels need joints with exactly one degree of \
         freedom (revolute, continuous or prismatic; wheels must rotate). A joint has at most one \
         actuator.";
    SENSOR_LINK "RS0407" "A missing or superfluous link of a sensor"
        "IMUs, lidars, contact sensors and ground truth are mounted on a link. Joint state and \
         wheel odometry are measured at the joints and have no link.";
    COUPLING_CHAIN "RS0408" "Contradictory couplings"
        "A joint follows at most one other joint, and couplings must not form a cycle.";
    TOO_MANY_GROUPS "RS0410" "Too many collision groups"
        "A scenario can use at most 31 collision groups besides `default`.";
    // Time.
    RATE_DOES_NOT_DIVIDE "RS0501" "A rate that does not divide the physics rate"
        "Sensors and policies run at whole physics ticks, so their rates must divide the \
         physics rate: with 500 ticks per second, 250, 125, 100 or 50 Hz are possible, 60 Hz is \
         not.";
    PHYSICS_RATE "RS0502" "An invalid physics rate"
        "A physics tick must last a whole number of nanoseconds: the rate must divide \
         1,000,000,000.";
    EVENT_TRIGGER "RS0504" "An event with no trigger or two triggers"
        "An event is triggered either by `at` (a time) or by `when` (a formula).";
    AFTER_THE_END "RS0505" "An event or actor after the end"
        "An event or actor starts at or after the end of the run, so it never happens.";
    // Goals.
    GOAL_KIND "RS0601" "A goal without `require` or `prefer`, or with both"
        "A goal has exactly one of `require` (must hold) and `prefer` (is only reported).";
    FORMULA "RS0602" "An invalid formula"
        "The text of a goal, trigger or metric is not a valid formula.";
    UNKNOWN_SIGNAL "RS0603" "An unknown signal"
        "A formula names a signal, function or element that does not exist in this scenario.";
    HORIZON "RS0604" "A formula that reaches beyond the end"
        "A formula needs more time than the run lasts, so its verdict may stay open.";
    BETWEEN_TICKS "RS0605" "An interval that ends between two ticks"
        "Formulas are evaluated at physics ticks, so both bounds of an interval must be \
         multiples of the tick: with 500 ticks per second, of 0.002 s.";
    LOOKS_AHEAD "RS0606" "A trigger with a future operator"
        "An event happens as soon as its `when` formula holds, so the formula can only use the \
         past: comparisons, `once`, `historically`, `since`, `prev`, `rise` and `fall`, but not \
         `always`, `eventually`, `until` or `next`.";
    NEVER_CHANGES "RS0607" "A comparison that never changes"
        "This comparison always holds, or never holds: a distance is never \
         negative, a tilt never above 180 degrees. A margin of exactly 0 counts as holding, so \
         `speed(a) > 0` always holds; write `speed(a) > 0.01`. A goal made of such comparisons \
         can never fail, or never hold, and tests nothing.";
    UNLIKE_UNITS "RS0608" "A comparison of different units"
        "A signal is compared with a number in a unit of another kind, such as an angle with \
         metres, or two signals of different units are compared, added or subtracted. Values \
         are converted to SI and then compared, which is probably a mistake.";
    JUDGED_AT_START "RS0609" "A goal that is evaluated at the start only"
        "The verdict of a goal is its value at the start of the run. A goal without a future \
         operator (`always`, `eventually`, `until`, `next`) ignores the rest of the run. Write \
         `always (...)` for a condition that must hold all the time, `eventually (...)` for one \
         that must be reached.";
    NO_GOALS "RS0610" "A scenario without goals"
        "A scenario without goals always passes. Add goals under `goals`, such as \
         `(name: \"upright\", require: \"always (tilt(robot) < 30 deg)\")`, or metrics under \
         `metrics`.";
    // Policies.
    UNKNOWN_POLICY "RS0701" "An unknown built-in policy"
        "No built-in policy has this name.";
    POLICY_PARAMETER "RS0702" "An invalid policy parameter"
        "A parameter of a built-in policy is unknown, missing, or has an invalid value.";
    POLICY_MISMATCH "RS0703" "A policy that does not fit the robot"
        "A policy needs measurements or actuators that the robot does not have.";
    UNTRUSTED_PROGRAM "RS0704" "A program that is not trusted"
        "The scenario starts a program as a policy. Files never start programs by \
         themselves: review the program, then allow it on the command line.";
    CONTRACT_LENGTH "RS0710" "A list of the wrong length in a policy contract"
        "Lists of a policy contract have one entry per joint, per angle of a phase, or per \
         value of a term or command. `All(x)` gives the same number to all of them.";
    CONTRACT_NAME "RS0711" "An undefined name in a policy contract"
        "Terms, phases and the scenario's `commands` refer to commands and phases that the \
         contract defines under `commands` and `phases`.";
    CONTRACT_CHANNEL "RS0712" "A missing sensor channel"
        "A term of a policy contract reads a channel, written `sensor.channel`, that the robot's \
         sensors do not have or that has another number of values: an orientation has four, a \
         vector three. Add the sensor to the robot file, which also works beside an import.";
    CONTRACT_DRIVE "RS0713" "An unsuitable drive for a policy contract"
        "The network's action becomes a command of the joint's actuator: positions need a \
         position or impedance drive, velocities a velocity drive, torques a torque drive. \
         `gains` in the contract's `action` turn the actuators into position or velocity drives.";
    CONTRACT_TIMING "RS0714" "Timing that differs from training"
        "A network expects the inference rate of its training, so a scenario's \
         `policy.rate_hz` must be the contract's `physics_hz / decimation`. Another physics rate \
         than in training is allowed, with a warning.";
    CONTRACT_COMMAND "RS0715" "A command that does not match the policy contract"
        "A command of the scenario has another number of values than the contract defines, or \
         values outside of their range in training.";
    CONTRACT_HISTORY "RS0716" "An invalid history layout"
        "An input has at least one sample. With the layout `ByTime`, all terms have the same \
         number of samples.";
    NETWORK_MISMATCH "RS0717" "A network that does not match its policy contract"
        "The network's inputs or outputs differ from the policy contract in names, types or \
         lengths. `randori policy inspect FILE.onnx` lists those of the network.";
    NETWORK_FILE "RS0718" "An invalid or unsupported network"
        "An ONNX file is damaged, or uses an operator that the interpreter does not support.";
    // Imports.
    MALFORMED_XML "RS0801" "Invalid XML"
        "A URDF or MJCF file is not well-formed XML, is empty, has another root element \
         than its kind, or is another kind of file: xacro that must be expanded first, an \
         archive, a Git LFS pointer.";
    IMPORT_INCLUDE "RS0802" "An invalid include"
        "An include of an imported file names no file, leaves the project, includes itself, or \
         is included twice. Paths of includes are relative to the folder of the main file.";
    IMPORT_REFERENCE "RS0803" "An undefined name in an imported file"
        "An imported file refers to a joint, link, body, geom, site, class or mesh that does not \
         exist in it, or has a duplicate name.";
    IMPORT_VALUE "RS0804" "An invalid value in an imported file"
        "A number, vector, range or keyword of an imported file is invalid: a wrong length, not \
         finite, a negative mass, a reversed range.";
    IMPORT_MESH "RS0805" "An unreadable collision mesh"
        "A mesh file is missing or damaged, and mass or collision depends on it. Visual meshes \
         are reported, not refused.";
    IMPORT_STRUCTURE "RS0806" "An imported file without a robot"
        "The bodies and joints of an imported file do not form one robot: no link, a cycle of \
         joints, several roots, or more than the limits allow.";
    IMPORT_DOUBTFUL "RS0807" "An unsupported part of an imported file"
        "Part of an imported file has no counterpart, or is wrong and was replaced by a guess, \
         which may change the motion of the robot. `randori import FILE` prints the whole \
         report.";
}

codes! {
    /// The stable code of a run error, such as `RR0102`.
    RunCode:
    // The run failed.
    NON_FINITE_STATE "RR0101" "The state is not finite"
        "The position or velocity of a body, or a signal, is not a finite number, or the physics \
         engine failed on a body. Common causes are very stiff drives, very light links next to \
         heavy ones, large pushes and extreme sizes of shapes. The message names the body with \
         its last finite state, or the signal. Try `--set physics.preset=Reference`.";
    POLICY_FAILED "RR0102" "A policy failed"
        "The policy exited, wrote something that is not a valid response, raised an error, or \
         exceeded its timeout. The message ends with the last lines of its error output.";
    INVALID_ACTION "RR0103" "An action is invalid"
        "A policy returned an action with the wrong number of values, or with a value that is not \
         finite. An action has one value per actuator input, in the order of the robot file.";
    ENDED_BY_USER "RR0104" "A run was ended by the user"
        "The user saved an interactive run before its end. Goals that were undecided by then have \
         no verdict. The recording is complete and replays.";
    TIMED_OUT "RR0105" "A run timed out"
        "The run took longer than the wall-clock limit of `--timeout`. Its policies were stopped; \
         its recording is complete up to that tick. Raise the limit, or profile the run.";
    // The run could not start.
    WORLD_NOT_BUILT "RR0201" "The world cannot be built"
        "The scenario passed its checks, but the physics engine cannot represent it, for \
         example a hull without volume.";
    MISSING_CHANNELS "RR0202" "A policy needs other sensors"
        "The policy needs channels that the robot does not measure. Add the sensors to the robot, \
         or use another policy.";
    COMMAND_LENGTH "RR0203" "A policy returns actions of another length"
        "The actions of the policy do not have one value per actuator input of the robot.";
    POLICY_NOT_STARTED "RR0204" "A policy did not start"
        "The program could not be started, or it rejected the robot. The message ends with the \
         last lines of its error output.";
    UNCHECKED_SCENARIO "RR0205" "An unchecked scenario"
        "`randori check` rejects the scenario.";
    // Recordings.
    RECORDING_FAILED "RR0301" "A recording cannot be written"
        "The file cannot be created or written, for instance because the disk is full. The \
         recording can be read up to its last chunk. `randori` overwrites recordings only, \
         and none that another run is still writing.";
    SNAPSHOT_UNUSABLE "RR0302" "A snapshot cannot be used"
        "A snapshot in a recording is damaged, belongs to another scenario, or the run cannot \
         resume from it. Record the run again.";
    INTERNAL "RR0901" "An internal error"
        "This is a bug in Randori. Please report it with the command and the scenario.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_each_one_is_explained() {
        for pair in DiagnosticCode::ALL.windows(2) {
            assert!(pair[0] < pair[1], "{} before {}", pair[0], pair[1]);
        }
        for code in DiagnosticCode::ALL {
            assert!(!code.title().is_empty() && code.explain().ends_with('.'), "{code}");
            assert_eq!(DiagnosticCode::parse(&code.as_str().to_lowercase()), Some(*code));
        }
        for pair in RunCode::ALL.windows(2) {
            assert!(pair[0] < pair[1], "{} before {}", pair[0], pair[1]);
        }
        for code in RunCode::ALL {
            assert!(!code.title().is_empty() && code.explain().ends_with('.'), "{code}");
        }
    }
}
