//! Labels of sensors and their values.

use randori_core::sensor::{Channel, Quantity};

/// The unit of one value of a channel; empty for plain numbers. `is_length` returns
/// true for the name of a prismatic joint.
pub(super) fn unit_of(channel: &Channel, index: usize, is_length: impl Fn(&str) -> bool) -> &str {
    if matches!(channel.quantity, Quantity::Quaternion | Quantity::Flag) {
        return "";
    }
    let unit = channel.unit.as_str();
    if let Some((angular, linear)) = unit.split_once(" or ") {
        let slides = channel.elements.get(index).is_some_and(|joint| is_length(joint));
        return if slides { linear } else { angular };
    }
    unit.split(", ").nth(index).or_else(|| unit.split(", ").last()).unwrap_or(unit)
}

/// Name of one value of a channel: its joint or axis, or its index.
pub(super) fn element(channel: &Channel, index: usize) -> String {
    channel.elements.get(index).cloned().unwrap_or_else(|| index.to_string())
}

/// A value in at most nine characters, for columns.
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

    #[test]
    fn each_value_has_the_unit_of_its_joint_or_place() {
        let slides = |joint: &str| joint == "lift";
        let of = |channel: &Channel, index| unit_of(channel, index, slides).to_owned();
        let joints = Channel::scalars("velocity", "rad/s or m/s", &["hip", "lift"]);
        let odometry = Channel::scalars("pose", "m, m, rad", &["x", "y", "yaw"]);

        assert_eq!([of(&joints, 0), of(&joints, 1)], ["rad/s", "m/s"]);
        assert_eq!([0, 1, 2].map(|index| of(&odometry, index)), ["m", "m", "rad"]);
        assert_eq!(of(&Channel::flag("touching"), 0), "");
        assert_eq!(of(&Channel::quaternion("turn"), 3), "");
        assert_eq!(of(&Channel::vector("accel", "m/s^2"), 2), "m/s^2");
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
