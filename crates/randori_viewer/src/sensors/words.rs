//! Words for sensors and their values.

use randori_core::layout::Channel;
use randori_core::spec::SensorKind;

/// What a kind of sensor is called.
pub(super) fn kind(kind: &SensorKind) -> &'static str {
    match kind {
        SensorKind::JointState { .. } => "joint state",
        SensorKind::Imu => "IMU",
        SensorKind::Gyro => "gyro",
        SensorKind::Accelerometer => "accelerometer",
        SensorKind::Velocimeter => "velocimeter",
        SensorKind::Orientation => "orientation",
        SensorKind::Lidar { .. } => "lidar",
        SensorKind::Contact { .. } => "contact",
        SensorKind::WheelOdometry { .. } => "wheel odometry",
        SensorKind::GroundTruth => "ground truth",
    }
}

/// The unit of one value of a channel; empty for plain numbers. `is_length` says
/// whether a joint with this name slides.
pub(super) fn unit_of(channel: &Channel, index: usize, is_length: impl Fn(&str) -> bool) -> &str {
    let unit = channel.unit.as_str();
    if matches!(unit, "1" | "0 or 1") {
        return "";
    }
    if let Some((angular, linear)) = unit.split_once(" or ") {
        let slides = channel.elements.get(index).is_some_and(|joint| is_length(joint));
        return if slides { linear } else { angular };
    }
    unit.split(", ").nth(index).or_else(|| unit.split(", ").last()).unwrap_or(unit)
}

/// Name of one value of a channel: that of its joint or axis, or its number.
pub(super) fn element(channel: &Channel, index: usize) -> String {
    channel.elements.get(index).cloned().unwrap_or_else(|| index.to_string())
}

/// A value in at most nine characters, in columns.
pub(super) fn number(value: f32) -> String {
    let size = value.abs();
    if value.is_infinite() {
        "     none".to_owned()
    } else if size != 0.0 && !(5e-4..1e5).contains(&size) {
        format!("{value:>9.1e}")
    } else if size >= 1e3 {
        format!("{value:>9.1}")
    } else {
        format!("{value:>9.3}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(unit: &str, elements: &[&str]) -> Channel {
        Channel {
            name: "values".to_owned(),
            len: elements.len(),
            unit: unit.to_owned(),
            elements: elements.iter().map(|&element| element.to_owned()).collect(),
        }
    }

    #[test]
    fn each_value_has_the_unit_of_its_joint_or_place() {
        let slides = |joint: &str| joint == "lift";
        let of = |channel: &Channel, index| unit_of(channel, index, slides).to_owned();
        let joints = channel("rad/s or m/s", &["hip", "lift"]);
        let odometry = channel("m, m, rad", &["x", "y", "yaw"]);

        assert_eq!([of(&joints, 0), of(&joints, 1)], ["rad/s", "m/s"]);
        assert_eq!([0, 1, 2].map(|index| of(&odometry, index)), ["m", "m", "rad"]);
        assert_eq!(of(&channel("0 or 1", &["touching"]), 0), "");
        assert_eq!(of(&channel("1", &["x", "y", "z", "w"]), 3), "");
        assert_eq!(of(&channel("m/s^2", &["x", "y", "z"]), 2), "m/s^2");
    }

    #[test]
    fn numbers_stand_in_columns_whatever_their_size() {
        for value in [0.0, -1.5, 999.9994, -99_999.9, 1.2e-7, 3e8, f32::INFINITY, f32::NAN] {
            assert_eq!(number(value).chars().count(), 9, "{value}");
        }
        assert_eq!(number(-0.25).trim(), "-0.250");
        assert_eq!(number(f32::INFINITY).trim(), "none");
    }
}
