//! All quantities of a run over time, for plots.
//!
//! The past of a session has neither states nor signals, so they are recorded here
//! while ticks are shown: at most a hundred times per simulated second, and less
//! often if a long run would exceed the memory budget. A re-simulated tick already
//! has its values here.
//!
//! Start reading at [`History::note`].

mod lane;
mod quantity;

use randori_core::layout::SceneLayout;
use randori_core::record::TickRecord;
use randori_core::spec::Scenario;
use randori_core::time::{Tick, TickPeriod};
use randori_sim::signals::SignalTable;

use lane::Lane;
pub use quantity::Quantity;
use quantity::{Source, of_sensors, of_ticks};

/// Memory budget of a history, bytes.
const HISTORY_BUDGET: usize = 64 << 20;

/// Maximum number of values of a quantity per simulated second.
const MAX_HZ: u32 = 100;

/// The quantities of a run over time.
pub struct History {
    quantities: Vec<Quantity>,
    /// Sources of the columns of the first lane.
    sources: Vec<Source>,
    /// States, commands and signals; then the measurements of each sensor.
    lanes: Vec<Lane>,
    /// For each robot, the lane of its first sensor.
    first_sensor: Vec<usize>,
    /// Ticks between values.
    stride: u64,
    budget: usize,
}

impl History {
    /// An empty history of this scene. Static objects are left out.
    pub fn new(
        scenario: &Scenario,
        layout: &SceneLayout,
        signals: &SignalTable,
        period: TickPeriod,
    ) -> Self {
        let (mut quantities, sources) = of_ticks(scenario, layout, signals);
        let mut lanes = vec![Lane::new(sources.len())];
        let mut first_sensor = Vec::new();
        for robot in &layout.robots {
            first_sensor.push(lanes.len());
            for sensor in &robot.sensors {
                quantities.extend(of_sensors(&robot.name, sensor, lanes.len()));
                lanes.push(Lane::new(sensor.values.len()));
            }
        }
        let stride = u64::from(period.rate_hz().div_ceil(MAX_HZ)).max(1);
        Self { quantities, sources, lanes, first_sensor, stride, budget: HISTORY_BUDGET }
    }

    /// All quantities: signals first, then joints, motors, commands, bodies and
    /// sensors.
    pub fn quantities(&self) -> &[Quantity] {
        &self.quantities
    }

    /// The index of the quantity with this name, with or without its unit in
    /// brackets.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.quantities.iter().position(|it| it.name == name || it.heading() == name)
    }

    /// The indices of the quantities that `name` refers to: one quantity, or all
    /// its components, such as the three of `body.courier.base.position`.
    pub fn meant_by(&self, name: &str) -> Vec<usize> {
        if let Some(index) = self.find(name) {
            return vec![index];
        }
        let parts = self.quantities.iter().enumerate();
        let is_part =
            |it: &Quantity| it.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        parts.filter(|(_, it)| is_part(it)).map(|(index, _)| index).collect()
    }

    /// The quantities that formulas of the scenario read.
    pub fn signals(&self) -> impl Iterator<Item = &Quantity> {
        self.quantities.iter().filter(|it| it.is_signal)
    }

    /// True if these are the signals of this history.
    pub(crate) fn has_signals(&self, table: &SignalTable) -> bool {
        let mine = self.signals().map(|it| (&it.name, &it.unit));
        mine.eq(table.signals().iter().map(|it| (&it.name, &it.unit)))
    }

    /// Records a tick, unless its values are known.
    pub fn note(&mut self, record: &TickRecord) {
        for reading in record.readings.iter().filter(|reading| !reading.lost) {
            let lane = self.first_sensor.get(reading.robot.0).map(|first| first + reading.sensor);
            let Some(lane) = lane.and_then(|lane| self.lanes.get_mut(lane)) else { continue };
            lane.put(reading.measured_at.0, self.stride, reading.measured.iter().copied());
        }
        if record.tick.0.is_multiple_of(self.stride) {
            let values = self.sources.iter().map(|source| source.value(record));
            self.lanes[0].put(record.tick.0, self.stride, values);
        }
        if self.bytes() > self.budget {
            self.thin();
        }
    }

    /// Discards a tick and all later ones, for a branch. Measurements of its step
    /// belong to the tick before.
    pub(crate) fn forget_from(&mut self, tick: Tick) {
        for (index, lane) in self.lanes.iter_mut().enumerate() {
            lane.forget_from(tick.0.saturating_sub(u64::from(index > 0)));
        }
    }

    /// The values of a quantity within these ticks, in order of time. Sensor values
    /// are at the time of their measurement.
    pub fn values(
        &self,
        index: usize,
        ticks: std::ops::RangeInclusive<u64>,
    ) -> impl Iterator<Item = (Tick, f32)> + '_ {
        let place = self.quantities.get(index).map(|it| (&self.lanes[it.lane], it.column));
        place.into_iter().flat_map(move |(lane, column)| {
            lane.column(column, ticks.clone()).map(|(tick, value)| (Tick(tick), value))
        })
    }

    /// The latest value of a quantity at or before a tick.
    pub fn at(&self, index: usize, tick: Tick) -> Option<f32> {
        let quantity = self.quantities.get(index)?;
        self.lanes[quantity.lane].at(quantity.column, tick.0)
    }

    /// Minimum number of ticks between values of a quantity.
    pub(crate) fn stride(&self) -> u64 {
        self.stride
    }

    /// Memory in use, bytes.
    pub fn bytes(&self) -> usize {
        self.lanes.iter().map(Lane::bytes).sum()
    }

    /// Drops every other value.
    fn thin(&mut self) {
        self.stride = self.stride.saturating_mul(2);
        for lane in &mut self.lanes {
            lane.thin(self.stride);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use randori_core::record::{Reading, WorldState};
    use randori_record::quantity::Source::Position;

    fn history(joints: usize) -> History {
        let sources = (0..joints).map(|it| Source::Of(Position(it))).collect();
        let quantity = |column| Quantity {
            name: format!("joint.{column}.position"),
            unit: "rad".to_owned(),
            is_signal: false,
            lane: 0,
            column,
        };
        History {
            quantities: (0..joints).map(quantity).collect(),
            sources,
            lanes: vec![Lane::new(joints), Lane::new(1)],
            first_sensor: vec![1],
            stride: 5,
            budget: HISTORY_BUDGET,
        }
    }

    fn record(tick: u64) -> TickRecord {
        let positions = vec![tick as f32, -(tick as f32)];
        TickRecord {
            tick: Tick(tick),
            state: WorldState { positions, ..WorldState::default() },
            ..TickRecord::default()
        }
    }

    fn noted(history: &History) -> Vec<(u64, f32)> {
        history.values(1, 0..=u64::MAX).map(|(tick, value)| (tick.0, value)).collect()
    }

    #[test]
    fn values_are_noted_at_most_so_often_and_once_each() {
        let mut history = history(2);
        for tick in (0..=12).chain(3..=16) {
            history.note(&record(tick));
        }

        assert_eq!(noted(&history), [(0, 0.0), (5, -5.0), (10, -10.0), (15, -15.0)]);
        assert_eq!(history.at(0, Tick(9)), Some(5.0));
    }

    #[test]
    fn what_was_jumped_over_is_filled_in_when_it_is_shown() {
        let mut history = history(2);
        for tick in (0..=5).chain(15..=20).chain(8..=12) {
            history.note(&record(tick));
        }

        let ticks: Vec<u64> = noted(&history).into_iter().map(|(tick, _)| tick).collect();
        assert_eq!(ticks, [0, 5, 10, 15, 20]);
    }

    #[test]
    fn another_future_replaces_the_forgotten_one() {
        let mut history = history(2);
        (0..=20).for_each(|tick| history.note(&record(tick)));

        history.forget_from(Tick(10));
        let mut other = record(10);
        other.state.positions[1] = 7.0;
        history.note(&other);

        assert_eq!(noted(&history), [(0, 0.0), (5, -5.0), (10, 7.0)]);
    }

    #[test]
    fn a_long_run_is_thinned_to_its_budget_from_end_to_end() {
        let mut history = history(2);
        history.budget = 1000;
        for tick in 0..10_000 {
            let mut record = record(tick);
            record.readings.push(Reading {
                robot: randori_core::layout::RobotId(0),
                sensor: 0,
                measured_at: Tick(tick),
                delivered_at: Tick(tick),
                lost: false,
                measured: vec![1.0],
                truth: Vec::new(),
            });
            history.note(&record);
            assert!(history.bytes() <= 1000, "{} at tick {tick}", history.bytes());
        }

        let noted = noted(&history);
        assert!(noted.len() > 10);
        assert_eq!(noted[0].0, 0);
        assert!(noted.windows(2).all(|pair| pair[1].0 - pair[0].0 == history.stride()));
        assert!(noted.iter().all(|(tick, value)| *value == -(*tick as f32)));
    }
}
