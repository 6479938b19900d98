//! Checks that need the world: failures to build it, and bodies that overlap at the start.

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Label};
use randori_core::layout::{BodyId, SceneLayout};
use randori_core::spec::Scenario;
use randori_core::text::Sources;
use randori_sim::world::{Overlap, SimWorld, WorldError};

/// Maximum penetration of touching bodies without a warning, m: contacts are compliant, and files
/// hold rounded numbers.
const RESTING_M: f32 = 1e-3;

/// Maximum number of listed pairs; beyond it, only their number is reported.
const MAX_PAIRS: usize = 10;

/// Maximum number of shapes for this check, which bounds its time and memory for any file.
const MAX_SHAPES: usize = 4_000;

/// Warnings about bodies that overlap in the starting state of a checked
/// scenario.
///
/// # Errors
/// A diagnostic if the world cannot be built.
pub fn overlaps(
    scenario: &Scenario,
    sources: &Sources,
) -> Result<Vec<Diagnostic>, Box<Diagnostic>> {
    if shapes(scenario) > MAX_SHAPES {
        return Ok(Vec::new());
    }
    let layout = SceneLayout::new(scenario);
    let world = SimWorld::build(scenario, &layout).map_err(|error| cannot_build(&error))?;
    let found = world.overlaps(RESTING_M);
    let mut warnings: Vec<Diagnostic> =
        found.iter().take(MAX_PAIRS).map(|overlap| warning(overlap, &layout, sources)).collect();
    if let Some(more) = found.len().checked_sub(MAX_PAIRS).filter(|more| *more > 0) {
        let message = format!("{more} further pairs of bodies overlap less deeply at the start");
        warnings.push(Diagnostic::warning(DiagnosticCode::START_OVERLAP, message));
    }
    Ok(warnings)
}

fn shapes(scenario: &Scenario) -> usize {
    let links = scenario.robots.iter().flat_map(|robot| &robot.links);
    let of_links: usize = links.map(|link| link.shapes.len()).sum();
    let objects = scenario.environment.objects.iter();
    of_links + objects.map(|object| object.shapes.len()).sum::<usize>()
}

fn cannot_build(error: &WorldError) -> Box<Diagnostic> {
    let message = format!("the world cannot be built: {error}");
    Box::new(Diagnostic::error(DiagnosticCode::CANNOT_BUILD, message))
}

fn warning(overlap: &Overlap, layout: &SceneLayout, sources: &Sources) -> Diagnostic {
    let name = |body: BodyId| layout.body_name(body);
    let other =
        overlap.other.map_or_else(|| "the ground".to_owned(), |body| format!("`{}`", name(body)));
    let (body, depth_mm) = (name(overlap.body), overlap.depth_m * 1e3);
    let message = format!("`{body}` and {other} overlap by {depth_mm:.1} mm at the start");
    let robot_of = |body: BodyId| layout.bodies.get(body.0).and_then(|entry| entry.robot);
    let is_one_robot = overlap.other.is_some_and(|other| {
        robot_of(other).is_some() && robot_of(other) == robot_of(overlap.body)
    });
    let help = if is_one_robot {
        "start the robot in another pose, or list the two links under `contact_exclusions`"
    } else {
        "move one of them; the contact would push them apart violently"
    };
    let places = [Some(overlap.body), overlap.other];
    let place = places.into_iter().flatten().find_map(|body| span(body, layout, sources));
    let finding = Diagnostic::warning(DiagnosticCode::START_OVERLAP, message).help(help);
    match place {
        Some(span) => finding.primary(Label::new(span, "placed here")),
        None => finding,
    }
}

/// The location of a body in a file.
fn span(
    body: BodyId,
    layout: &SceneLayout,
    sources: &Sources,
) -> Option<randori_core::diagnostic::Span> {
    let entry = layout.bodies.get(body.0)?;
    let paths = if let Some(robot) = entry.robot {
        let name = &layout.robots[robot.0].name;
        [format!("robots.{name}.pose"), format!("robots.{name}.name")]
    } else {
        let name = &entry.path;
        [format!("environment.objects.{name}.name"), format!("actors.{name}.name")]
    };
    paths.iter().find_map(|path| sources.span_of(path))
}
