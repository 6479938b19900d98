// Colour under a fixed sun and sky: what software rendering can afford.

#import bevy_pbr::forward_io::VertexOutput

struct Plain {
    color: vec4<f32>,
    // 1 if light falls on it, 0 if it shines by itself.
    lit: f32,
}

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> plain: Plain;

// Towards the sun, as `scene/light.rs` has it.
const SUN = vec3<f32>(-0.4082, 0.8165, 0.4082);

@fragment
fn fragment(in: VertexOutput) -> @location(0) vec4<f32> {
    var color = plain.color;
#ifdef VERTEX_COLORS
    color = color * in.color;
#endif
    let normal = normalize(in.world_normal);
    let sky = 0.38 + 0.17 * normal.y;
    let sun = 0.55 * max(dot(normal, SUN), 0.0);
    return vec4<f32>(color.rgb * mix(1.0, sky + sun, plain.lit), color.a);
}
