//! The layout of the window: a bar on top, the time bar below, a dock with one
//! panel at a time on the right, and the picture in the remaining area.
//!
//! A plugin adds its panel with [`AddPanel::add_panel`].

mod style;

use bevy::camera::Viewport;
use bevy::ecs::schedule::SystemSet;
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use bevy_egui::{EguiContexts, EguiPlugin, EguiPrimaryContextPass, PrimaryEguiContext, egui};

use crate::keys::{AddKey, Chord};
use crate::main_camera::MainCamera;
use crate::run::Run;

/// Width of the dock, points.
const DOCK_WIDTH: f32 = 330.0;

/// Draws a panel, or a part of a bar.
pub type Show = fn(&mut egui::Ui, &mut World);

/// All panels and bars around the picture.
#[derive(Resource, Default)]
pub struct Panels {
    docked: Vec<DockedPanel>,
    /// Index of the open panel.
    open: Option<usize>,
    top: Vec<(i32, Show)>,
    bottom: Vec<(i32, Show)>,
    windows: Vec<fn(&egui::Context, &mut World)>,
    /// The area left for the picture, points.
    picture: Option<egui::Rect>,
    has_style: bool,
}

struct DockedPanel {
    order: i32,
    name: &'static str,
    hint: &'static str,
    show: Show,
}

impl Panels {
    /// The area left for the picture, in points of the window.
    pub fn picture(&self) -> Option<egui::Rect> {
        self.picture
    }

    /// Opens the panel with this name.
    pub fn open(&mut self, name: &str) {
        self.open = self.docked.iter().position(|panel| panel.name == name).or(self.open);
    }
}

/// Adds panels to an app.
pub trait AddPanel {
    /// Adds a panel to the dock; lower `order` comes first. `hint` is the tooltip
    /// of its name.
    fn add_panel(
        &mut self,
        order: i32,
        name: &'static str,
        hint: &'static str,
        show: Show,
    ) -> &mut Self;

    /// Adds a part to the bar on top, from left to right.
    fn add_to_top(&mut self, order: i32, show: Show) -> &mut Self;

    /// Adds a bar at the bottom; the lowest `order` is the lowest bar.
    fn add_to_bottom(&mut self, order: i32, show: Show) -> &mut Self;

    /// Adds a window that floats above the picture.
    fn add_floating(&mut self, show: fn(&egui::Context, &mut World)) -> &mut Self;
}

impl AddPanel for App {
    fn add_panel(
        &mut self,
        order: i32,
        name: &'static str,
        hint: &'static str,
        show: Show,
    ) -> &mut Self {
        let mut panels = self.world_mut().get_resource_or_init::<Panels>();
        panels.docked.push(DockedPanel { order, name, hint, show });
        panels.docked.sort_by_key(|panel| panel.order);
        panels.open = Some(0);
        let key = PANEL_KEYS.get(panels.docked.len() - 1).copied();
        match key {
            Some(key) => self.reserve_key("Panels", Chord::key(key), "panels, from left to right"),
            None => self,
        }
    }

    fn add_to_top(&mut self, order: i32, show: Show) -> &mut Self {
        let mut panels = self.world_mut().get_resource_or_init::<Panels>();
        panels.top.push((order, show));
        panels.top.sort_by_key(|(order, _)| *order);
        self
    }

    fn add_to_bottom(&mut self, order: i32, show: Show) -> &mut Self {
        let mut panels = self.world_mut().get_resource_or_init::<Panels>();
        panels.bottom.push((order, show));
        panels.bottom.sort_by_key(|(order, _)| *order);
        self
    }

    fn add_floating(&mut self, show: fn(&egui::Context, &mut World)) -> &mut Self {
        self.world_mut().get_resource_or_init::<Panels>().windows.push(show);
        self
    }
}

/// Schedule of panels, in [`EguiPrimaryContextPass`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PanelSystems;

/// Draws all [`Panels`], and assigns the remaining area to the picture.
pub(crate) struct PanelsPlugin;

impl Plugin for PanelsPlugin {
    fn build(&self, app: &mut App) {
        if !app.is_plugin_added::<EguiPlugin>() {
            app.add_plugins(EguiPlugin::default());
        }
        app.init_resource::<Panels>()
            .add_to_top(0, title)
            .add_systems(Startup, spawn_context)
            .add_systems(PreUpdate, open_by_key.after(bevy::input::InputSystems))
            .add_systems(EguiPrimaryContextPass, (draw, fit_picture).chain().in_set(PanelSystems));
    }
}

/// Keys of the panels in the dock, from left to right.
const PANEL_KEYS: [KeyCode; 9] = [
    KeyCode::F2,
    KeyCode::F3,
    KeyCode::F4,
    KeyCode::F5,
    KeyCode::F6,
    KeyCode::F7,
    KeyCode::F8,
    KeyCode::F9,
    KeyCode::F10,
];

fn open_by_key(input: Option<Res<ButtonInput<KeyCode>>>, mut panels: ResMut<Panels>) {
    let Some(input) = input else { return };
    let pressed = PANEL_KEYS.iter().position(|key| input.just_pressed(*key));
    if let Some(index) = pressed.filter(|index| *index < panels.docked.len()) {
        panels.open = Some(index);
    }
}

/// Panels have their own camera, which covers the whole window.
fn spawn_context(mut commands: Commands, mut settings: ResMut<bevy_egui::EguiGlobalSettings>) {
    settings.auto_create_primary_context = false;
    commands.spawn((
        PrimaryEguiContext,
        Camera2d,
        bevy::camera::visibility::RenderLayers::none(),
        Camera {
            order: 1,
            output_mode: bevy::camera::CameraOutputMode::Write {
                blend_state: Some(bevy::render::render_resource::BlendState::ALPHA_BLENDING),
                clear_color: ClearColorConfig::None,
            },
            clear_color: ClearColorConfig::Custom(Color::NONE),
            ..default()
        },
    ));
}

fn title(ui: &mut egui::Ui, world: &mut World) {
    let title = world.resource::<Run>().scenario().map(|scenario| scenario.spec.title.clone());
    ui.strong(title.as_deref().unwrap_or("Randori"));
}

/// One system draws all panels, so that bars and dock share the space in a fixed order.
fn draw(world: &mut World) -> Result {
    let mut state = bevy::ecs::system::SystemState::<EguiContexts>::new(world);
    let context = state.get_mut(world)?.ctx_mut()?.clone();
    let mut panels = std::mem::take(&mut *world.resource_mut::<Panels>());
    if !std::mem::replace(&mut panels.has_style, true) {
        style::apply(&context);
    }
    let whole = egui::UiBuilder::new()
        .layer_id(egui::LayerId::background())
        .max_rect(context.viewport_rect());
    let mut ui = egui::Ui::new(context.clone(), "window".into(), whole);
    egui::Panel::top("top").show_inside(&mut ui, |ui| {
        ui.horizontal_centered(|ui| {
            for (_, show) in &panels.top {
                show(ui, world);
            }
        });
    });
    for (order, show) in &panels.bottom {
        egui::Panel::bottom(format!("bottom {order}")).show_inside(&mut ui, |ui| show(ui, world));
    }
    dock(&mut ui, &mut panels, world);
    panels.picture = Some(ui.available_rect_before_wrap());
    // Floating windows query the area of the picture while the panels are taken out.
    world.resource_mut::<Panels>().picture = panels.picture;
    for show in &panels.windows {
        show(&context, world);
    }
    *world.resource_mut::<Panels>() = panels;
    Ok(())
}

fn dock(ui: &mut egui::Ui, panels: &mut Panels, world: &mut World) {
    if panels.docked.is_empty() {
        return;
    }
    egui::Panel::right("dock").exact_size(DOCK_WIDTH).resizable(false).show_inside(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            for (index, panel) in panels.docked.iter().enumerate() {
                let is_open = panels.open == Some(index);
                let key = PANEL_KEYS.get(index).map_or(String::new(), |key| format!(" ({key:?})"));
                let hint = format!("{}{key}", panel.hint);
                if ui.selectable_label(is_open, panel.name).on_hover_text(hint).clicked() {
                    panels.open = Some(index);
                }
            }
        });
        ui.separator();
        // Floating scroll bars would cover numbers.
        ui.spacing_mut().scroll = egui::style::ScrollStyle::solid();
        if let Some(panel) = panels.open.and_then(|index| panels.docked.get(index)) {
            egui::ScrollArea::vertical().id_salt(panel.name).auto_shrink(false).show(ui, |ui| {
                (panel.show)(ui, world);
            });
        }
    });
}

/// The camera renders only the area that panels leave free: software rendering
/// costs time for each pixel.
fn fit_picture(
    panels: Res<Panels>,
    mut camera: Query<&mut Camera, With<MainCamera>>,
    window: Query<&Window, With<PrimaryWindow>>,
) {
    let (Ok(mut camera), Ok(window), Some(rect)) =
        (camera.single_mut(), window.single(), panels.picture)
    else {
        return;
    };
    let scale = window.scale_factor();
    let whole = UVec2::new(window.physical_width(), window.physical_height());
    let position = UVec2::new((rect.left() * scale) as u32, (rect.top() * scale) as u32).min(whole);
    let size = UVec2::new((rect.width() * scale) as u32, (rect.height() * scale) as u32)
        .min(whole - position);
    camera.is_active = size.min_element() > 0;
    let viewport = Viewport { physical_position: position, physical_size: size, ..default() };
    let is_same = camera
        .viewport
        .as_ref()
        .is_some_and(|now| now.physical_position == position && now.physical_size == size);
    if camera.is_active && !is_same {
        camera.viewport = Some(viewport);
    }
}
