//! Kinds of sensors: one file each.
//!
//! A kind is a struct of its fields in a robot file, with its channels, its check, its display
//! name and its row of the reference page. [`SensorKind`] is an enum of all kinds. Other code
//! queries the kind or its [`Channel`]s and never matches on the kind; the engine has a model
//! for each.
//!
//! Start reading at `SensorType` and at the list below it.

mod accelerometer;
mod channel;
mod contact;
mod ground_truth;
mod gyro;
mod imu;
mod joint_state;
mod lidar;
mod magnetometer;
mod orientation;
mod presets;
mod velocimeter;
mod wheel_odometry;

pub use channel::{Channel, Quantity, Scan};
pub use presets::{Preset, ValueErrors};

use ron::ser::{PrettyConfig, to_string_pretty};

use crate::check::{At, Report};
use crate::spec::RobotSpec;
use crate::text::Limits;
use crate::variant::variants;

/// A kind of sensor, implemented by the structure of its fields.
pub(crate) trait SensorType {
    /// Its documentation for users.
    fn about() -> About
    where
        Self: Sized;

    /// Its channels, in the order of its values.
    fn channels(&self, robot: &RobotSpec) -> Vec<Channel>;

    /// True if it must be mounted on a link.
    fn needs_link(&self) -> bool {
        true
    }

    /// Reports invalid fields.
    fn check(&self, _report: &mut Report<'_>, _at: &At<'_>, _owner: &Owner<'_>) {}

    /// An upper bound of the number of its values, which needs no lookup of names;
    /// `coordinates` counts those of all joints of its robot.
    fn most_values(&self, _coordinates: f64) -> MostValues {
        MostValues { count: 13.0, have_names: true }
    }

    /// The wheels whose rotation it measures, for wheel odometry.
    fn wheels(&self) -> Option<&WheelOdometry> {
        None
    }

    /// Its text in a robot file, where that is shorter than all of its fields.
    fn short_text(&self) -> Option<&'static str> {
        None
    }
}

/// Documentation of a kind of sensor for users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Display name, such as `wheel odometry`.
    pub word: &'static str,
    /// An example in the syntax of a robot file.
    pub example: &'static str,
    /// Its channels with the names of their values, in Markdown.
    pub channels: &'static str,
    /// The measured quantities, in Markdown.
    pub meaning: &'static str,
}

/// Context of a sensor for its check.
pub(crate) struct Owner<'a> {
    /// Name of the sensor.
    pub(crate) sensor: &'a str,
    /// The robot that carries it.
    pub(crate) robot: &'a RobotSpec,
    /// Limits on the file.
    pub(crate) limits: &'a Limits,
}

/// An upper bound of the number of values of a sensor.
pub(crate) struct MostValues {
    pub(crate) count: f64,
    pub(crate) have_names: bool,
}

macro_rules! sensors {
    ($($file:ident::$kind:ident,)+) => {
        $(pub use $file::$kind;)+

        variants! {
            /// The kind of a sensor. A file names the kind, with its fields in brackets if it
            /// has any: `Imu`, `Contact(threshold: 0.5)`.
            #[derive(Debug, Clone, PartialEq)]
            pub enum SensorKind { $($kind,)+ }
        }

        impl SensorKind {
            /// Documentation of each kind for users, in the order of the reference page.
            pub fn all() -> Vec<About> {
                vec![$($kind::about()),+]
            }

            /// Documentation of this kind for users.
            pub fn about(&self) -> About {
                match self { $(Self::$kind(_) => $kind::about(),)+ }
            }

            fn of(&self) -> &dyn SensorType {
                match self { $(Self::$kind(kind) => kind,)+ }
            }
        }
    };
}

// Binary formats identify a kind by its index in this list.
sensors! {
    joint_state::JointState,
    imu::Imu,
    gyro::Gyro,
    accelerometer::Accelerometer,
    velocimeter::Velocimeter,
    orientation::Orientation,
    lidar::Lidar,
    contact::Contact,
    wheel_odometry::WheelOdometry,
    ground_truth::GroundTruth,
    magnetometer::Magnetometer,
}

impl SensorKind {
    /// Its channels on a robot, in the order of its values.
    pub fn channels(&self, robot: &RobotSpec) -> Vec<Channel> {
        self.of().channels(robot)
    }

    /// True if the sensor must be mounted on a link.
    pub fn needs_link(&self) -> bool {
        self.of().needs_link()
    }

    /// The wheels whose rotation the sensor measures, for wheel odometry.
    pub fn wheels(&self) -> Option<&WheelOdometry> {
        self.of().wheels()
    }

    /// Its text in a robot file, on one line.
    pub fn text(&self) -> String {
        if let Some(text) = self.of().short_text() {
            return text.to_owned();
        }
        let config = PrettyConfig::new().compact_structs(true).compact_arrays(true);
        to_string_pretty(self, config).expect("kinds consist of numbers, names and lists")
    }

    pub(crate) fn check(&self, report: &mut Report<'_>, at: &At<'_>, owner: &Owner<'_>) {
        self.of().check(report, at, owner);
    }

    pub(crate) fn most_values(&self, coordinates: f64) -> MostValues {
        self.of().most_values(coordinates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> SensorKind {
        ron::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn kinds_are_written_as_variants_of_an_enumeration_are() {
        let texts = [
            ("Imu", "Imu", r#""Imu""#),
            (
                "Contact(threshold: 0.5)",
                "Contact(threshold:0.5)",
                r#"{"Contact":{"threshold":0.5}}"#,
            ),
            (
                r#"JointState(joints: ["a"])"#,
                r#"JointState(joints:["a"])"#,
                r#"{"JointState":{"joints":["a"]}}"#,
            ),
        ];
        for (one_line, ron, json) in texts {
            let kind = read(one_line);

            assert_eq!(kind.text(), one_line);
            assert_eq!(ron::to_string(&kind).expect("it can be written"), ron);
            assert_eq!(serde_json::to_string(&kind).expect("it can be written"), json);
            assert_eq!(serde_json::from_str::<SensorKind>(json).expect("it can be read"), kind);
        }
        assert_eq!(read("JointState()").text(), "JointState()");
    }

    #[test]
    fn unknown_kinds_and_fields_are_refused_by_name() {
        let error = |text: &str| ron::from_str::<SensorKind>(text).unwrap_err().code;

        assert!(matches!(
            error("Imo"),
            ron::Error::NoSuchEnumVariant { expected, outer, .. }
                if expected.len() == SensorKind::all().len() && outer.as_deref() == Some("SensorKind")
        ));
        assert!(matches!(
            error("Contact(limit: 1)"),
            ron::Error::NoSuchStructField { expected: ["threshold"], outer, .. }
                if outer.as_deref() == Some("Contact")
        ));
    }
}
