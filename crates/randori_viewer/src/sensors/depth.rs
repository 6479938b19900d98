//! A depth camera that can be mounted on any robot; it casts rays on the CPU, as
//! sensors do.

use std::time::Duration;

use bevy::platform::time::Instant;
use bevy::prelude::*;
use bevy::time::Real;
use randori_core::layout::{BodyId, RobotId, SceneLayout};
use randori_core::spec::Scenario;
use randori_core::time::Tick;
use randori_sim::simulation::Simulation;
use randori_sim::world::DepthCamera;

use crate::readings::SensorId;
use crate::run::Run;

/// Pixels in a row.
pub(super) const WIDTH: u32 = 128;
/// Rows.
pub(super) const HEIGHT: u32 = 96;
/// Minimum and maximum depth, m.
pub(super) const RANGE_M: (f32, f32) = (0.05, 10.0);
/// Vertical field of view, rad.
const VERTICAL_FOV_RAD: f32 = 60.0 * std::f32::consts::PI / 180.0;
/// Minimum real time between two pictures.
const EVERY: Duration = Duration::from_millis(100);

/// The mount of the camera, which looks along +X of that frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mount {
    /// In the frame of a robot's base.
    Base(RobotId),
    /// In the frame of a sensor that is mounted on a link.
    Sensor(SensorId),
}

impl Mount {
    /// All possible mounts: all bases, and all sensors that are mounted on a link.
    pub(super) fn all(layout: &SceneLayout) -> impl Iterator<Item = Self> {
        layout.robots.iter().enumerate().flat_map(|(robot, of)| {
            let robot = RobotId(robot);
            let sensors = of.sensors.iter().enumerate().filter(|(_, it)| it.body.is_some());
            let sensors = sensors.map(move |(sensor, _)| Self::Sensor(SensorId { robot, sensor }));
            std::iter::once(Self::Base(robot)).chain(sensors)
        })
    }

    /// The first range finder, which has an unobstructed view; otherwise the first base.
    fn preferred(layout: &SceneLayout) -> Option<Self> {
        let is_scanner = |mount: &Self| match mount {
            Self::Base(_) => false,
            Self::Sensor(SensorId { robot, sensor }) => {
                let sensor = layout.robots.get(robot.0).and_then(|it| it.sensors.get(*sensor));
                sensor.is_some_and(|it| it.scan().is_some())
            }
        };
        Self::all(layout).find(is_scanner).or_else(|| Self::all(layout).next())
    }

    /// Its name, such as `courier.lidar`.
    pub(super) fn name(self, layout: &SceneLayout) -> String {
        let found = match self {
            Self::Base(RobotId(robot)) => {
                layout.robots.get(robot).map(|it| format!("{} base", it.name))
            }
            Self::Sensor(SensorId { robot, sensor }) => layout.robots.get(robot.0).and_then(|it| {
                it.sensors.get(sensor).map(|sensor| format!("{}.{}", it.name, sensor.name))
            }),
        };
        found.unwrap_or_default()
    }

    /// The camera at this mount; `None` if it does not exist.
    fn camera(self, scenario: &Scenario, simulation: &Simulation) -> Option<DepthCamera> {
        let (layout, world) = (simulation.layout(), simulation.world());
        let (carrier, world_from_camera): (BodyId, _) = match self {
            Self::Base(RobotId(robot)) => {
                let base = layout.robots.get(robot)?.base;
                (base, world.body_pose(base))
            }
            Self::Sensor(SensorId { robot, sensor }) => {
                let body = layout.robots.get(robot.0)?.sensors.get(sensor)?.body?;
                let spec = scenario.robots.get(robot.0)?.sensors.get(sensor)?;
                (body, world.body_pose(body) * spec.pose.pose())
            }
        };
        Some(DepthCamera {
            world_from_camera,
            width: WIDTH,
            height: HEIGHT,
            vertical_fov_rad: VERTICAL_FOV_RAD,
            near_m: RANGE_M.0,
            far_m: RANGE_M.1,
            carrier: Some(carrier),
        })
    }
}

/// The key of a picture: opened runs, branches, tick, mount.
type Shown = (u64, u64, Tick, Option<Mount>);

/// The depth picture above the world.
#[derive(Resource, Debug, Default)]
pub(crate) struct DepthInset {
    /// True if it is shown.
    pub on: bool,
    /// The mount of the camera; `None` for the preferred one.
    pub mount: Option<Mount>,
    /// The mount at the current picture.
    pub(super) seen_from: Option<Mount>,
    /// Depths, m, row after row from the upper left; 0 without a hit.
    pub(super) depth_m: Vec<f32>,
    /// Number of pictures so far.
    pub(super) pictures: u64,
    /// Computation time of the last picture.
    pub(super) took: Duration,
    shown: Option<Shown>,
    /// Time of the last picture, since the start of the app.
    made_at: Duration,
}

/// Computes a new picture after a change, at a limited rate.
pub(super) fn refresh(time: Res<Time<Real>>, mut run: ResMut<Run>, mut inset: ResMut<DepthInset>) {
    if !inset.on {
        return;
    }
    if inset.shown.is_some_and(|(generation, ..)| generation != run.generation()) {
        inset.mount = None;
    }
    let shown = (run.generation(), run.branches(), run.tick(), inset.mount);
    let is_early = inset.shown.is_some() && time.elapsed() < inset.made_at + EVERY;
    if inset.shown == Some(shown) || is_early {
        return;
    }
    inset.shown = Some(shown);
    inset.made_at = time.elapsed();
    let Some(session) = run.session() else {
        inset.depth_m.clear();
        return;
    };
    let (scenario, simulation) = (session.scenario(), session.episode().simulation());
    let place = inset.mount.or_else(|| Mount::preferred(simulation.layout()));
    let inset = &mut *inset;
    inset.seen_from = place;
    inset.pictures += 1;
    let begun = Instant::now();
    match place.and_then(|place| place.camera(scenario, simulation)) {
        Some(camera) => simulation.world().depth_image(&camera, &mut inset.depth_m),
        None => inset.depth_m.clear(),
    }
    inset.took = begun.elapsed();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn app() -> App {
        let mut app = fixture::app();
        app.init_resource::<DepthInset>().add_systems(Update, refresh);
        app.world_mut().resource_mut::<DepthInset>().on = true;
        app
    }

    #[test]
    fn a_wall_ahead_has_the_depth_of_its_distance_all_over() {
        let mut app = app();
        app.update();

        let inset = app.world().resource::<DepthInset>();
        let lidar = SensorId { robot: RobotId(0), sensor: 0 };
        assert_eq!(inset.seen_from, Some(Mount::Sensor(lidar)));
        let depth = |row: u32, column: u32| inset.depth_m[(row * WIDTH + column) as usize];
        for (row, column) in [(HEIGHT / 2, WIDTH / 2), (HEIGHT / 2, WIDTH / 2 + 20), (30, 64)] {
            let seen = depth(row, column);
            assert!((seen - fixture::WALL_X).abs() < 1e-3, "{row}, {column}: {seen}");
        }
        assert!(depth(HEIGHT - 1, 64) < fixture::WALL_X, "the ground is nearer");
        assert_eq!(depth(HEIGHT / 2, 0), 0.0, "nothing beside the wall");
    }

    #[test]
    fn a_tick_that_did_not_change_gives_no_new_picture() {
        let mut app = app();
        app.update();
        app.update();
        assert_eq!(app.world().resource::<DepthInset>().pictures, 1);

        fixture::advance(&mut app, 1);
        let mut time = app.world_mut().resource_mut::<Time<Real>>();
        time.advance_by(EVERY);
        app.update();

        assert_eq!(app.world().resource::<DepthInset>().pictures, 2);
    }

    #[test]
    fn a_camera_can_sit_on_the_base_and_on_what_sits_on_a_link() {
        let mut app = fixture::app();
        let run = app.world_mut().resource_mut::<Run>();
        let layout = run.layout().expect("a run is open");

        let names: Vec<_> = Mount::all(layout).map(|mount| mount.name(layout)).collect();

        assert_eq!(names, ["block base", "block.lidar", "block.imu"]);
    }
}
