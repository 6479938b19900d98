//! Colour map of distances.

use bevy_egui::egui::Color32;

/// The colour of a pixel without a hit.
pub(super) const NOTHING: Color32 = Color32::from_rgb(25, 25, 30);

/// The colour of a depth: warm for near, cold for far.
pub(super) fn of_depth(depth_m: f32, (near_m, far_m): (f32, f32)) -> Color32 {
    if depth_m <= 0.0 {
        return NOTHING;
    }
    turbo(1.0 - (depth_m - near_m) / (far_m - near_m))
}

/// Turbo, a rainbow with a single maximum of lightness (A. Mikhailov, "Turbo, an
/// improved rainbow colormap for visualization", Google AI blog, 2019), as a
/// polynomial fit by R. Du. 0 is blue, 1 is red; the nearly black ends are cut off.
fn turbo(share: f32) -> Color32 {
    let x = 0.05 + 0.9 * share.clamp(0.0, 1.0);
    let polynomial =
        |factors: [f32; 6]| factors.into_iter().rev().fold(0.0, |sum, factor| sum * x + factor);
    let red = polynomial([0.135_721, 4.615_393, -42.660_32, 132.131_08, -152.942_4, 59.286_38]);
    let green = polynomial([0.091_403, 2.194_188, 4.842_967, -14.185_033, 4.277_299, 2.829_566]);
    let blue = polynomial([0.106_673, 12.641_946, -60.582_05, 110.362_77, -89.903_11, 27.348_25]);
    let byte = |part: f32| (part.clamp(0.0, 1.0) * 255.0).round() as u8;
    Color32::from_rgb(byte(red), byte(green), byte(blue))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_is_red_far_is_blue_and_nothing_is_dark() {
        let range = (0.05, 10.0);
        let (near, far) = (of_depth(0.05, range), of_depth(10.0, range));
        let middle = of_depth(5.0, range);

        assert!(near.r() > 150 && near.b() < 30, "{near:?}");
        assert!(far.b() > 80 && far.r() < 90, "{far:?}");
        assert!(middle.g() > 200, "{middle:?}");
        assert_eq!(of_depth(0.0, range), NOTHING);
    }
}
