//! Scans for viewers: as a `LaserScan`, and as a `PointCloud` for viewers without
//! support for scans.

use std::io::Write;

use foxglove::messages::{
    LaserScan, PackedElementField, PointCloud, Timestamp, packed_element_field::NumericType,
};
use randori_core::layout::{RobotId, SceneLayout};
use randori_core::record::Reading;
use randori_core::spec::Scenario;

use super::WriteError;
use super::channels::{File, Target};
use super::scene::pose;
use super::viewers::channel;

/// Bytes per point: x, y, z.
const STRIDE: u32 = 12;

pub(super) struct Lidar {
    robot: RobotId,
    sensor: usize,
    scan: (u16, LaserScan),
    cloud: (u16, PointCloud),
    /// Direction of each beam in the XY plane of the sensor.
    beams: Vec<[f32; 2]>,
}

impl Lidar {
    /// All lidars of a scene, each with its channels.
    pub(super) fn all<W: Write>(
        file: &mut File<W>,
        scenario: &Scenario,
        layout: &SceneLayout,
    ) -> Result<Vec<Self>, WriteError> {
        let mut lidars = Vec::new();
        for (index, robot) in scenario.robots.iter().enumerate() {
            for (sensor, spec) in robot.sensors.iter().enumerate() {
                let entry = &layout.robots[index];
                let placed = &entry.sensors[sensor];
                let Some(beams) = placed.scan() else { continue };
                let count: usize = placed.channels.iter().map(|channel| channel.len).sum();
                let topic = format!("/{}/{}", entry.name, spec.name);
                let scan = LaserScan {
                    frame_id: placed.body.map_or("world", |b| &layout.bodies[b.0].path).to_owned(),
                    pose: Some(pose(spec.pose.pose())),
                    start_angle: beams.angle_rad(0),
                    end_angle: beams.angle_rad(count.saturating_sub(1)),
                    ..LaserScan::default()
                };
                let field = |name: &str, offset: u32| PackedElementField {
                    name: name.to_owned(),
                    offset,
                    r#type: NumericType::Float32 as i32,
                };
                let cloud = PointCloud {
                    frame_id: scan.frame_id.clone(),
                    pose: scan.pose,
                    point_stride: STRIDE,
                    fields: vec![field("x", 0), field("y", 4), field("z", 8)],
                    ..PointCloud::default()
                };
                let direction = |a: f64| [libm::cos(a) as f32, libm::sin(a) as f32];
                lidars.push(Self {
                    robot: RobotId(index),
                    sensor,
                    scan: (channel::<LaserScan, W>(file, &topic)?, scan),
                    cloud: (channel::<PointCloud, W>(file, &format!("{topic}/points"))?, cloud),
                    beams: (0..count).map(|beam| direction(beams.angle_rad(beam))).collect(),
                });
            }
        }
        Ok(lidars)
    }

    pub(super) fn is_source_of(&self, reading: &Reading) -> bool {
        self.robot == reading.robot && self.sensor == reading.sensor
    }

    pub(super) fn write<W: Write>(
        &mut self,
        to: &mut Target<'_, W>,
        measured_at: Option<Timestamp>,
        ranges: &[f32],
    ) -> Result<(), WriteError> {
        let (channel, scan) = &mut self.scan;
        scan.timestamp = measured_at;
        scan.ranges.clear();
        scan.ranges.extend(ranges.iter().map(|range| f64::from(*range)));
        to.message(*channel, scan)?;
        let mut points = Vec::with_capacity(ranges.len() * STRIDE as usize);
        for (range, [x, y]) in ranges.iter().zip(&self.beams).filter(|(range, _)| range.is_finite())
        {
            for part in [range * x, range * y, 0.0] {
                points.extend_from_slice(&part.to_le_bytes());
            }
        }
        let (channel, cloud) = &mut self.cloud;
        cloud.timestamp = measured_at;
        cloud.data = points.into();
        to.message(*channel, cloud)
    }
}
