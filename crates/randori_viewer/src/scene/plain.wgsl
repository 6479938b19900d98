// Colour under a fixed sun and sky, for software rendering.

#import bevy_pbr::forward_io::VertexOutput

struct Plain {
    color: vec4<f32>,
    // 1 if lit, 0 if unlit.
    lit: f32,
}

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> plain: Plain;

// Direction to the sun, as in `scene/ground.rs`.
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
