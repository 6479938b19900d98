//! Rendering quality: three presets, chosen by the renderer.
//!
//! Start reading at [`Quality`].

use bevy::light::{
    CascadeShadowConfig, CascadeShadowConfigBuilder, DirectionalLightShadowMap,
    ShadowFilteringMethod,
};
use bevy::prelude::*;
use bevy::render::renderer::RenderAdapterInfo;
use bevy_egui::egui;

use crate::main_camera::MainCamera;
use crate::panels::AddPanel;

/// Rendering quality. Insert it before the app starts to choose one; otherwise
/// `QualityPlugin` chooses by the [`Renderer`] that it finds.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// For software rendering: plain light, no shadows, coarse round shapes.
    Low,
    /// For integrated graphics: shadows, no antialiasing.
    Medium,
    /// For graphics cards: fine shadows, smooth edges.
    High,
}

impl Quality {
    /// All presets, the cheapest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// Its name on screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }

    /// Its effect, in a few words.
    fn about(self) -> &'static str {
        match self {
            Self::Low => "No shadows, plain light. For computers without a graphics card.",
            Self::Medium => "Shadows, rough edges. For graphics built into the processor.",
            Self::High => "Fine shadows and smooth edges (4x MSAA). For graphics cards.",
        }
    }

    /// True if bodies cast shadows and materials are physically based.
    pub(crate) fn has_shadows(self) -> bool {
        self > Self::Low
    }

    /// Corners of a circle.
    pub(crate) fn corners(self) -> u32 {
        match self {
            Self::Low => 16,
            Self::Medium => 24,
            Self::High => 40,
        }
    }

    fn msaa(self) -> Msaa {
        if self == Self::High { Msaa::Sample4 } else { Msaa::Off }
    }
}

/// The kind of renderer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RendererKind {
    /// Software rendering on the CPU.
    Software,
    /// Integrated graphics.
    Integrated,
    /// A graphics card.
    Card,
    /// Anything else, such as a virtual device.
    Other,
}

impl RendererKind {
    /// Its description for users.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Software => "software",
            Self::Integrated => "integrated",
            Self::Card => "graphics card",
            Self::Other => "other",
        }
    }

    /// The default preset.
    pub(crate) fn quality(self) -> Quality {
        match self {
            Self::Software => Quality::Low,
            Self::Integrated | Self::Other => Quality::Medium,
            Self::Card => Quality::High,
        }
    }

    /// Classifies a graphics adapter; software renderers are also recognised by
    /// name, since some report another type.
    fn new(device_type: &str, name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let is_software = ["llvmpipe", "lavapipe", "swiftshader", "softpipe", "basic render"];
        match device_type {
            _ if is_software.iter().any(|known| name.contains(known)) => Self::Software,
            "Cpu" => Self::Software,
            "IntegratedGpu" => Self::Integrated,
            "DiscreteGpu" => Self::Card,
            _ => Self::Other,
        }
    }
}

/// The renderer in use.
#[derive(Resource, Debug, Clone, PartialEq, Eq)]
pub struct Renderer {
    /// The name of the device, such as `llvmpipe (LLVM 19.1.7, 256 bits)`.
    pub name: String,
    /// Kind of the device.
    pub kind: RendererKind,
    /// The graphics library and the driver, such as `Vulkan, llvmpipe, Mesa 25.0.7`.
    pub driver: String,
}

impl Renderer {
    /// Its description for users, such as `llvmpipe (software)`.
    pub fn text(&self) -> String {
        format!("{} ({})", self.name, self.kind.text())
    }

    fn found(info: &RenderAdapterInfo) -> Self {
        let kind = RendererKind::new(&format!("{:?}", info.device_type), &info.name);
        let parts = [format!("{:?}", info.backend), info.driver.clone(), info.driver_info.clone()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Self { name: info.name.clone(), kind, driver: parts.join(", ") }
    }
}

/// Chooses a [`Quality`], applies it to cameras and light, and lets the user change
/// it.
pub(crate) struct QualityPlugin;

impl Plugin for QualityPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(PreUpdate, (choose, apply).chain()).add_to_top(900, menu);
    }
}

/// Chooses the preset once the renderer is known, some time after the start.
fn choose(
    info: Option<Res<RenderAdapterInfo>>,
    renderer: Option<Res<Renderer>>,
    quality: Option<Res<Quality>>,
    mut commands: Commands,
) {
    if renderer.is_some() && quality.is_some() {
        return;
    }
    let found = info.map(|info| Renderer::found(&info));
    if quality.is_none() {
        commands.insert_resource(found.as_ref().map_or(Quality::Low, |it| it.kind.quality()));
    }
    if let Some(found) = found {
        info!("drawn by {}: {}", found.text(), found.driver);
        commands.insert_resource(found);
    }
}

fn apply(
    quality: Option<Res<Quality>>,
    mut count: Local<usize>,
    cameras: Query<Entity, With<MainCamera>>,
    mut lights: Query<(Entity, &mut DirectionalLight)>,
    mut commands: Commands,
) {
    let Some(quality) = quality else { return };
    let now = cameras.iter().len() + lights.iter().len();
    let is_same = std::mem::replace(&mut *count, now) == now;
    if !quality.is_changed() && is_same {
        return;
    }
    let filter = match *quality {
        Quality::High => ShadowFilteringMethod::Gaussian,
        _ => ShadowFilteringMethod::Hardware2x2,
    };
    for camera in &cameras {
        commands.entity(camera).insert((quality.msaa(), filter));
    }
    for (light, mut settings) in &mut lights {
        settings.shadow_maps_enabled = quality.has_shadows();
        commands.entity(light).insert(cascades(*quality));
    }
    let size = if *quality == Quality::High { 4096 } else { 2048 };
    commands.insert_resource(DirectionalLightShadowMap { size });
}

/// Range of shadows, m, and their resolution.
fn cascades(quality: Quality) -> CascadeShadowConfig {
    let (num_cascades, maximum_distance) =
        if quality == Quality::High { (4, 60.0) } else { (2, 25.0) };
    CascadeShadowConfigBuilder {
        num_cascades,
        minimum_distance: 0.02,
        maximum_distance,
        first_cascade_far_bound: 3.0,
        ..default()
    }
    .build()
}

fn menu(ui: &mut egui::Ui, world: &mut World) {
    let Some(&now) = world.get_resource::<Quality>() else { return };
    let found = world.get_resource::<Renderer>().map_or_else(
        || "No renderer was found.".to_owned(),
        |renderer| format!("Drawn by {}\n{}", renderer.text(), renderer.driver),
    );
    let kind = world.get_resource::<Renderer>().map(|renderer| renderer.kind);
    let label = match kind {
        Some(RendererKind::Software) => format!("{} (software)", now.name()),
        _ => now.name().to_owned(),
    };
    let mut chosen = now;
    let response = ui.menu_button(label, |ui| {
        for quality in Quality::ALL {
            let entry = ui.selectable_value(&mut chosen, quality, quality.name());
            if entry.on_hover_text(quality.about()).clicked() {
                ui.close();
            }
        }
    });
    response.response.on_hover_text(format!("Quality of the picture: {}\n{found}", now.name()));
    if chosen != now {
        world.insert_resource(chosen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_draws_decides_how_much_work_a_picture_may_be() {
        let chosen = |kind: &str, name: &str| RendererKind::new(kind, name).quality();

        assert_eq!(chosen("Cpu", "llvmpipe (LLVM 19.1.7, 256 bits)"), Quality::Low);
        assert_eq!(chosen("Other", "SwiftShader Device (Subzero)"), Quality::Low);
        assert_eq!(chosen("IntegratedGpu", "Intel(R) Iris(R) Xe Graphics"), Quality::Medium);
        assert_eq!(chosen("DiscreteGpu", "NVIDIA GeForce RTX 3060"), Quality::High);
        assert_eq!(chosen("VirtualGpu", "Virtio-GPU Venus"), Quality::Medium);
    }

    #[test]
    fn a_preset_that_was_inserted_before_is_kept() {
        let mut app = App::new();
        app.insert_resource(Quality::High).add_systems(Update, (choose, apply).chain());
        app.update();
        assert_eq!(app.world().get_resource(), Some(&Quality::High));

        let mut app = App::new();
        app.add_systems(Update, (choose, apply).chain());
        app.update();
        assert_eq!(app.world().get_resource(), Some(&Quality::Low), "nothing draws");
    }

    #[test]
    fn a_preset_applies_while_the_app_runs() {
        let mut app = App::new();
        app.insert_resource(Quality::Low).add_systems(Update, apply);
        let camera = app.world_mut().spawn(MainCamera).id();
        let light = app.world_mut().spawn(DirectionalLight::default()).id();
        app.update();
        let casts = |app: &App| {
            let light = app.world().get::<DirectionalLight>(light).expect("it was spawned");
            light.shadow_maps_enabled
        };
        assert!(!casts(&app));
        assert_eq!(app.world().get::<Msaa>(camera), Some(&Msaa::Off));

        app.insert_resource(Quality::High);
        app.update();

        assert!(casts(&app));
        assert_eq!(app.world().get::<Msaa>(camera), Some(&Msaa::Sample4));
    }
}
