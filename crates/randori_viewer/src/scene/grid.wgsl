// Lines on the ground every metre, stronger ones every five, and the axes X
// (red) and Y (green). Everything fades into the horizon.

#import bevy_pbr::forward_io::VertexOutput
#import bevy_pbr::mesh_view_bindings::view

struct Grid {
    ground: vec4<f32>,
    line: vec4<f32>,
    horizon: vec4<f32>,
}

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> grid: Grid;

const X_AXIS = vec3<f32>(0.75, 0.06, 0.05);
const Y_AXIS = vec3<f32>(0.08, 0.50, 0.06);
const FADE_FROM_M = 25.0;
const FADE_TO_M = 160.0;

// Coverage of the pixel by lines at whole numbers; lines that would be
// closer than a few pixels vanish.
fn lines(at: vec2<f32>, width: vec2<f32>) -> f32 {
    let distance = abs(fract(at - 0.5) - 0.5) / width;
    let cover = clamp(1.2 - distance, vec2(0.0), vec2(1.0)) * clamp(1.0 - 2.5 * width, vec2(0.0), vec2(1.0));
    return max(cover.x, cover.y);
}

@fragment
fn fragment(in: VertexOutput) -> @location(0) vec4<f32> {
    // X and Y of the world; Bevy's Z is -Y.
    let at = vec2<f32>(in.world_position.x, -in.world_position.z);
    let width = max(fwidth(at), vec2(1e-5));
    let fine = 0.55 * lines(at, width);
    let coarse = lines(at / 5.0, width / 5.0);
    var ink = vec4<f32>(grid.line.rgb, grid.line.a * max(fine, coarse));
    let axis = clamp(1.7 - abs(at.yx) / width.yx, vec2(0.0), vec2(1.0)) * step(vec2(0.0), at);
    if (axis.x > 0.0) { ink = vec4<f32>(X_AXIS, axis.x); }
    if (axis.y > ink.a) { ink = vec4<f32>(Y_AXIS, axis.y); }
    let far = smoothstep(FADE_FROM_M, FADE_TO_M, distance(view.world_position.xz, in.world_position.xz));
    // Ink over ground over nothing; then the horizon over all of it.
    let alpha = ink.a + grid.ground.a * (1.0 - ink.a);
    let color = (ink.rgb * ink.a + grid.ground.rgb * grid.ground.a * (1.0 - ink.a)) / max(alpha, 1e-4);
    let haze = far * grid.horizon.a;
    let all = haze + alpha * (1.0 - haze);
    return vec4<f32>((grid.horizon.rgb * haze + color * alpha * (1.0 - haze)) / max(all, 1e-4), all);
}
