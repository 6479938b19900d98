//! Pictures of image sensors, in the lower left corner of the picture.

use bevy::prelude::{Mut, Resource, World};
use bevy_egui::egui;

use super::colors;
use super::depth::{DepthInset, HEIGHT, RANGE_M, WIDTH};
use crate::panels::Panels;
use crate::run::Run;

/// Maximum width of a picture, points.
const WIDTH_POINTS: f32 = 256.0;
/// Distance from the edges of the picture of the world, points.
const MARGIN: f32 = 8.0;
/// Height of the colour scale, points.
const SCALE_HEIGHT: f32 = 8.0;
/// Steps of the colour scale.
const SCALE_STEPS: u8 = 48;

/// The depth picture as a texture.
#[derive(Resource, Default)]
pub(super) struct Picture {
    texture: Option<egui::TextureHandle>,
    /// Number of the picture.
    number: u64,
}

/// Shows the depth picture, if it is switched on.
pub(super) fn show(context: &egui::Context, world: &mut World) {
    if !world.resource::<DepthInset>().on || !world.resource::<Run>().is_open() {
        return;
    }
    let Some(rect) = world.resource::<Panels>().picture() else { return };
    let width = WIDTH_POINTS.min(rect.width() / 2.5);
    world.resource_scope(|world, mut picture: Mut<Picture>| {
        let inset = world.resource::<DepthInset>();
        picture.follow(context, inset);
        let (Some(texture), Some(run)) = (&picture.texture, world.get_resource::<Run>()) else {
            return;
        };
        let place = inset.seen_from.zip(run.layout()).map(|(mount, layout)| mount.name(layout));
        let mut stays = true;
        let area = egui::Area::new("depth inset".into())
            .pivot(egui::Align2::LEFT_BOTTOM)
            .fixed_pos(rect.left_bottom() + egui::vec2(MARGIN, -MARGIN));
        area.show(context, |ui| {
            egui::Frame::window(ui.style()).inner_margin(6.0).show(ui, |ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = 3.0;
                ui.horizontal(|ui| {
                    ui.strong("Depth").on_hover_text(cost(inset));
                    ui.weak(format!("from {}", place.unwrap_or_default()));
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        stays = !ui.small_button("✖").on_hover_text("Close (I)").clicked();
                    });
                });
                image(ui, texture, inset, width);
                scale(ui, width);
            });
        });
        if !stays {
            world.resource_mut::<DepthInset>().on = false;
        }
    });
}

impl Picture {
    /// Uploads a new picture.
    fn follow(&mut self, context: &egui::Context, inset: &DepthInset) {
        let is_whole = inset.depth_m.len() == (WIDTH * HEIGHT) as usize;
        if !is_whole || (self.texture.is_some() && self.number == inset.pictures) {
            return;
        }
        self.number = inset.pictures;
        let pixels = inset.depth_m.iter().map(|depth| colors::of_depth(*depth, RANGE_M)).collect();
        let image = egui::ColorImage::new([WIDTH as usize, HEIGHT as usize], pixels);
        let options = egui::TextureOptions::NEAREST;
        match &mut self.texture {
            // A partial update keeps the texture in place: a full one would
            // allocate a new texture, which is missing for one frame.
            Some(texture) => texture.set_partial([0, 0], image, options),
            None => self.texture = Some(context.load_texture("depth inset", image, options)),
        }
    }
}

fn cost(inset: &DepthInset) -> String {
    let took_ms = inset.took.as_secs_f64() * 1e3;
    format!(
        "View of a depth camera there: {WIDTH} x {HEIGHT} rays, {took_ms:.1} ms, \
         at most 10 pictures per second"
    )
}

/// The picture, with the depth under the mouse as a tooltip.
fn image(ui: &mut egui::Ui, texture: &egui::TextureHandle, inset: &DepthInset, width: f32) {
    let size = egui::vec2(width, width * HEIGHT as f32 / WIDTH as f32);
    let sized = egui::load::SizedTexture::new(texture.id(), size);
    let response = ui.add(egui::Image::from_texture(sized).sense(egui::Sense::hover()));
    let Some(mouse) = response.hover_pos() else { return };
    let share = (mouse - response.rect.min) / response.rect.size();
    let pixel = pixel_at(share.x, share.y);
    let text = match inset.depth_m.get(pixel) {
        Some(depth) if *depth > 0.0 => format!("{depth:.2} m ahead"),
        _ => format!("nothing between {} m and {} m", RANGE_M.0, RANGE_M.1),
    };
    response.on_hover_text_at_pointer(text);
}

/// Index of the pixel at shares of width and height.
fn pixel_at(x: f32, y: f32) -> usize {
    let part = |share: f32, count: u32| ((share * count as f32) as u32).min(count - 1);
    (part(y, HEIGHT) * WIDTH + part(x, WIDTH)) as usize
}

/// The colour scale with its labels.
fn scale(ui: &mut egui::Ui, width: f32) {
    let size = egui::vec2(width, SCALE_HEIGHT);
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    let mut strip = egui::Mesh::default();
    for index in 0..=SCALE_STEPS {
        let share = f32::from(index) / f32::from(SCALE_STEPS);
        let color = colors::of_depth(egui::lerp(RANGE_M.0..=RANGE_M.1, share), RANGE_M);
        let x = rect.left() + share * width;
        strip.colored_vertex(egui::pos2(x, rect.top()), color);
        strip.colored_vertex(egui::pos2(x, rect.bottom()), color);
        if index > 0 {
            let corner = u32::from(index) * 2;
            strip.add_triangle(corner - 2, corner - 1, corner);
            strip.add_triangle(corner - 1, corner, corner + 1);
        }
    }
    ui.painter().add(strip);
    ui.horizontal(|ui| {
        ui.label(format!("{} m", RANGE_M.0));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(format!("{} m; black: nothing", RANGE_M.1));
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mouse_finds_the_pixel_below_it_up_to_the_edges() {
        assert_eq!(pixel_at(0.0, 0.0), 0);
        assert_eq!(pixel_at(1.0, 0.0), WIDTH as usize - 1);
        assert_eq!(pixel_at(0.5, 1.0), ((HEIGHT - 1) * WIDTH + WIDTH / 2) as usize);
    }
}
