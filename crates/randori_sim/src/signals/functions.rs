//! The table of signal functions for formulas.
//!
//! Messages, suggestions and the documentation are generated from this table, so it is complete.

/// Kinds of arguments of signal functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// Anything with a position: a robot (its base link), a link, an object, an
    /// actor, a zone (its centre) or a waypoint.
    Place,
    /// Anything that can move: a robot (its base link), a link, an object or an actor.
    Body,
    /// Anything with shapes: a robot (all of its links), a link, an object or
    /// an actor.
    Solid,
    /// A robot.
    Robot,
    /// A zone.
    Zone,
    /// A joint coordinate, such as `arm.wrist` (`arm.ball.x` for one axis of a
    /// spherical joint).
    Joint,
    /// A joint coordinate, or the actuator that drives it.
    Drive,
    /// One value of a sensor: `robot.sensor.channel.element`; the element is omitted if
    /// the channel has only one.
    Value,
    /// All values of a channel: `robot.sensor.channel`.
    Channel,
}

impl ParameterKind {
    /// The kind as a noun for messages: `a body`.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Place => "a place",
            Self::Body => "a body",
            Self::Solid => "a body with shapes",
            Self::Robot => "a robot",
            Self::Zone => "a zone",
            Self::Joint => "a joint coordinate",
            Self::Drive => "an actuator or joint coordinate",
            Self::Value => "a sensor value",
            Self::Channel => "a sensor channel",
        }
    }
}

/// A function for use in formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignalFunction {
    /// Its name.
    pub name: &'static str,
    /// Its parameters, each with a display name.
    pub parameters: &'static [(&'static str, ParameterKind)],
    /// Unit of its value; `joint` means the unit of the joint coordinate.
    pub unit: &'static str,
    /// Its meaning, in one sentence.
    pub about: &'static str,
}

impl SignalFunction {
    /// Its syntax: `distance(a, b)`.
    pub fn usage(&self) -> String {
        if self.parameters.is_empty() {
            return self.name.to_owned();
        }
        let parameters: Vec<&str> = self.parameters.iter().map(|(name, _)| *name).collect();
        format!("{}({})", self.name, parameters.join(", "))
    }
}

/// The function with this name.
pub fn find(name: &str) -> Option<&'static SignalFunction> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

macro_rules! functions {
    ($($name:ident ( $($parameter:ident : $kind:ident),* ) $unit:literal $about:literal;)*) => {
        /// All functions, grouped by subject.
        pub const FUNCTIONS: &[SignalFunction] = &[$(SignalFunction {
            name: stringify!($name),
            parameters: &[$((stringify!($parameter), ParameterKind::$kind)),*],
            unit: $unit,
            about: $about,
        }),*];
    };
}

functions! {
    time() "s" "Simulated time since the start of the run.";
    distance(a: Place, b: Place) "m" "Distance between two frame origins.";
    distance_xy(a: Place, b: Place) "m" "Horizontal distance between two frame origins.";
    clearance(a: Solid, b: Solid) "m"
        "Smallest gap between the shapes of two things, 10 m if it is larger; negative is the \
         depth of penetration.";
    in_zone(a: Place, zone: Zone) "m"
        "Depth of a frame origin inside a zone: distance to the zone's boundary, negative \
         outside.";
    x(a: Place) "m" "World X of a frame origin.";
    y(a: Place) "m" "World Y of a frame origin.";
    z(a: Place) "m" "World Z of a frame origin.";
    height(a: Place) "m" "World Z of a frame origin, like `z`.";
    tilt(a: Body) "rad" "Angle between a body's own Z axis and the world's, 0 to pi.";
    yaw(a: Body) "rad" "Heading of a body's own X axis about world Z, -pi to pi.";
    speed(a: Body) "m/s" "Magnitude of the velocity of a frame origin.";
    vx(a: Body) "m/s" "World X of the velocity of a frame origin.";
    vy(a: Body) "m/s" "World Y of the velocity of a frame origin.";
    vz(a: Body) "m/s" "World Z of the velocity of a frame origin.";
    forward_speed(a: Body) "m/s" "Velocity of a frame origin along the body's own X axis.";
    lateral_speed(a: Body) "m/s" "Velocity of a frame origin along the body's own Y axis.";
    yaw_rate(a: Body) "rad/s" "Angular velocity of a body about its own Z axis.";
    angular_speed(a: Body) "rad/s" "Magnitude of a body's angular velocity.";
    acceleration(a: Body) "m/s^2"
        "Magnitude of the change of a frame origin's velocity over the last tick, per second.";
    path_length(a: Body) "m" "Length of the path that a frame origin has travelled.";
    contact_force(a: Solid) "N"
        "Magnitude of the net force that everything outside of a body exerts on it by contact; \
         for a robot, the largest over its links.";
    touching(a: Solid, b: Solid) "0 or 1" "1 while two things are in contact, else 0.";
    joint(joint: Joint) "joint" "Coordinate of a joint, rad or m.";
    joint_speed(joint: Joint) "joint/s" "Rate of a joint coordinate, rad/s or m/s.";
    joint_margin(joint: Joint) "joint"
        "Distance of a joint coordinate from its nearer limit, negative beyond it.";
    torque(drive: Drive) "N m or N"
        "Torque (or force) that a drive exerts on its joint, after its limits.";
    power(robot: Robot) "W"
        "Mechanical power that a robot's drives put in: the sum of the positive products of \
         torque and joint speed.";
    energy(robot: Robot) "J"
        "Mechanical work that a robot's drives have put in, that is the integral of `power`; \
         braking gives nothing back.";
    mechanical_energy(robot: Robot) "J"
        "Kinetic energy of a robot plus its potential energy above height 0.";
    com_height(robot: Robot) "m" "World Z of a robot's centre of mass.";
    measured(value: Value) "sensor"
        "Last value that a sensor measured, with its errors but before its latency; 0 before \
         the first one.";
    measured_min(channel: Channel) "sensor" "Smallest of the last measured values of a channel.";
    measured_max(channel: Channel) "sensor" "Largest of the last measured values of a channel.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_no_word_of_the_logic() {
        for (index, function) in FUNCTIONS.iter().enumerate() {
            let first = FUNCTIONS.iter().position(|other| other.name == function.name);
            assert_eq!(first, Some(index), "{} stands twice", function.name);

            // A name that the parser reserves would not parse as a signal.
            let arguments = vec!["a"; function.parameters.len()].join(", ");
            let text = format!("{}({arguments}) > 0", function.name);
            let text = if arguments.is_empty() { format!("{} > 0", function.name) } else { text };
            let formula = randori_stl::parse(&text).expect("a comparison");
            assert_eq!(formula.signals()[0].name, function.name);
        }
    }

    #[test]
    fn usage_reads_as_it_is_written() {
        assert_eq!(find("distance").map(SignalFunction::usage).as_deref(), Some("distance(a, b)"));
        assert_eq!(find("time").map(SignalFunction::usage).as_deref(), Some("time"));
    }
}
