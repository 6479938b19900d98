//! Camera control with mouse and wheel.

use bevy::input::mouse::{AccumulatedMouseMotion, AccumulatedMouseScroll, MouseScrollUnit};
use bevy::prelude::*;
use bevy_egui::input::EguiWantsInput;
use randori_core::layout::BodyId;
use randori_core::math::Vector;

use crate::pointer::Pointer;

use super::{Glide, MAX_PITCH, Orbit, View, focus};

/// Two clicks within this time are one double click, s.
const DOUBLE_CLICK_S: f32 = 0.35;

#[expect(clippy::too_many_arguments, reason = "all that a hand can do")]
pub(super) fn steer(
    egui: Res<EguiWantsInput>,
    buttons: Res<ButtonInput<MouseButton>>,
    keys: Res<ButtonInput<KeyCode>>,
    motion: Res<AccumulatedMouseMotion>,
    scroll: Res<AccumulatedMouseScroll>,
    mut orbit: ResMut<Orbit>,
    mut glide: ResMut<Glide>,
    mut view: ResMut<View>,
) {
    if egui.wants_any_pointer_input() {
        return;
    }
    let shifting = keys.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight])
        || buttons.pressed(MouseButton::Middle);
    let pressed = buttons.any_pressed([MouseButton::Right, MouseButton::Middle]);
    if pressed && motion.delta != Vec2::ZERO {
        view.set_if_neq(View::Orbit);
        if shifting {
            shift(&mut orbit, motion.delta);
        } else {
            orbit.yaw -= motion.delta.x * 0.006;
            orbit.pitch = (orbit.pitch + motion.delta.y * 0.006).clamp(-MAX_PITCH, MAX_PITCH);
        }
    }
    let notches = match scroll.unit {
        MouseScrollUnit::Line => scroll.delta.y,
        MouseScrollUnit::Pixel => scroll.delta.y / 50.0,
    };
    if notches != 0.0 {
        let distance = (orbit.distance * libm::powf(0.88, notches)).clamp(0.05, 500.0);
        let to = Orbit { distance, ..*orbit };
        glide.jump(&orbit, &to);
        *orbit = to;
    }
}

/// Pans the target across the picture. A followed body stays followed.
fn shift(orbit: &mut Orbit, moved: Vec2) {
    let right = Vector::new(-libm::sinf(orbit.yaw), libm::cosf(orbit.yaw), 0.0);
    let level = libm::sinf(orbit.pitch);
    let ahead = Vector::new(-libm::cosf(orbit.yaw), -libm::sinf(orbit.yaw), 0.0);
    let up = Vector::Z * libm::cosf(orbit.pitch) + ahead * level;
    let step = (up * moved.y - right * moved.x) * (orbit.distance * 0.0015);
    orbit.target += step;
    orbit.offset += step;
}

/// A double click focuses on the body under the pointer.
pub(super) fn double_click(world: &mut World, mut last: Local<Option<(f32, BodyId)>>) {
    if !world.resource::<ButtonInput<MouseButton>>().just_pressed(MouseButton::Left) {
        return;
    }
    let Some(body) = world.get_resource::<Pointer>().and_then(|it| it.hit?.body) else {
        *last = None;
        return;
    };
    let now_s = world.resource::<Time<Real>>().elapsed_secs();
    let is_second =
        last.is_some_and(|(then_s, before)| before == body && now_s - then_s < DOUBLE_CLICK_S);
    *last = if is_second { None } else { Some((now_s, body)) };
    if is_second {
        focus(world, body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dragged_follows_the_mouse_and_stays_followed() {
        let mut orbit = Orbit { follow: Some(BodyId(0)), ..Orbit::default() };
        let before = orbit;

        shift(&mut orbit, Vec2::new(100.0, 0.0));

        let moved = orbit.target - before.target;
        let away = before.eye() - before.target;
        assert!(moved.dot(away).abs() < 1e-5, "across the picture");
        assert!(moved.z.abs() < 1e-6);
        assert_eq!(orbit.offset, moved);
        assert_eq!(orbit.follow, before.follow);
    }
}
