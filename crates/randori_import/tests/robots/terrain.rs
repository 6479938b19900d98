//! Import of terrain of MJCF files. Row order, channel and scale are those of
//! `MuJoCo` 4.0.0 (`hfield_data`).

use crate::common::{Bytes, import, mjcf};
use randori_core::spec::Shape;
use randori_import::{Import, ImportStatus};

/// A file whose ground is the terrain `asset`, with more files.
fn imported(asset: &str, files: Vec<(&str, Vec<u8>)>) -> Import {
    let text = format!(
        "<mujoco><asset><hfield name=\"h\" size=\"2 1 0.51 0.1\" {asset}/></asset><worldbody>
           <geom name=\"hills\" type=\"hfield\" hfield=\"h\" pos=\"0 0 0.5\"/>
           <body name=\"a\" pos=\"0 0 2\"><freejoint/><geom size=\"0.1\"/></body></worldbody></mujoco>"
    );
    let mut all = vec![("m.xml", text.into_bytes())];
    all.extend(files);
    import(&Bytes(all), &mjcf("m.xml")).0
}

fn heights(found: &Import) -> Vec<Vec<f64>> {
    assert!(found.errors.is_empty(), "{:?}", found.errors);
    let environment = found.environment.as_ref().expect("an environment");
    let shape = &environment.objects[0].shapes[0].shape;
    let Shape::Heightfield { size, heights } = shape else { panic!("{shape:?}") };
    assert_eq!(*size, [4.0, 2.0]);
    heights.clone()
}

/// A picture of three columns and two rows.
fn picture(color: png::ColorType, depth: png::BitDepth, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 3, 2);
    encoder.set_color(color);
    encoder.set_depth(depth);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(pixels).expect("pixels");
    writer.finish().expect("an end");
    bytes
}

const PIXELS: [u8; 6] = [0, 10, 20, 30, 40, 255];

/// 0.51 m is 2 mm per step of a picture; its last row is the first along +Y.
fn expected() -> Vec<Vec<f64>> {
    vec![vec![0.06, 0.08, 0.51], vec![0.0, 0.02, 0.04]]
}

#[test]
fn a_picture_is_terrain_by_eight_bits_of_its_first_channel() {
    use png::{BitDepth, ColorType};
    let wide: Vec<u8> = PIXELS.iter().flat_map(|grey| [*grey, 77]).collect();
    let colours: Vec<u8> = PIXELS.iter().flat_map(|red| [*red, 200, 9]).collect();
    let kinds = [
        (ColorType::Grayscale, BitDepth::Eight, PIXELS.to_vec()),
        (ColorType::Grayscale, BitDepth::Sixteen, wide.clone()),
        (ColorType::GrayscaleAlpha, BitDepth::Eight, wide),
        (ColorType::Rgb, BitDepth::Eight, colours),
    ];
    for (color, depth, pixels) in kinds {
        let files = vec![("h.png", picture(color, depth, &pixels))];

        assert_eq!(heights(&imported("file=\"h.png\"", files)), expected(), "{color:?} {depth:?}");
    }
}

#[test]
fn numbers_and_binary_files_are_terrain() {
    let written = imported("nrow=\"2\" ncol=\"3\" elevation=\"0 10 20 30 40 255\"", Vec::new());
    assert_eq!(heights(&written), expected());
    let mut binary: Vec<u8> = [2_i32, 3].iter().flat_map(|count| count.to_le_bytes()).collect();
    // Rows are along +Y, unlike those of a picture.
    for height in [30.0_f32, 40.0, 255.0, 0.0, 10.0, 20.0] {
        binary.extend(height.to_le_bytes());
    }
    assert_eq!(heights(&imported("file=\"h.hf\"", vec![("h.hf", binary)])), expected());
    assert_eq!(heights(&imported("nrow=\"2\" ncol=\"2\"", Vec::new())), vec![vec![0.0; 2]; 2]);
}

#[test]
fn terrain_that_cannot_be_read_is_a_doubtful_line() {
    let broken = picture(png::ColorType::Grayscale, png::BitDepth::Eight, &PIXELS)[..40].to_vec();
    let cases = [
        ("file=\"h.png\"", Vec::new(), "`h.png`: "),
        ("file=\"h.png\"", vec![("h.png", broken)], "it is not a valid PNG picture"),
        ("file=\"h.hf\"", vec![("h.hf", vec![1; 30])], "neither a PNG picture nor a heightfield"),
        ("", Vec::new(), "it has neither a file nor `nrow`"),
        ("nrow=\"100000\" ncol=\"100000\"", Vec::new(), "are too many"),
    ];
    for (asset, files, reason) in cases {
        let found = imported(asset, files);

        let told = found.report.entries.iter().find(|entry| {
            entry.kind == ImportStatus::Dropped
                && entry.is_doubtful
                && entry.what.starts_with("terrain `h`")
        });
        let told = told.unwrap_or_else(|| panic!("{asset}: {:?}", found.report.entries));
        assert!(told.what.contains(reason) && told.advice.is_some(), "{}", told.what);
    }
}

#[test]
fn a_large_picture_keeps_its_extent_with_fewer_heights() {
    let (width, height) = (1000_u32, 900_u32);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a header");
    let pixels: Vec<u8> = (0..height)
        .flat_map(|_| (0..width).map(|column| (column * 255 / (width - 1)) as u8))
        .collect();
    writer.write_image_data(&pixels).expect("pixels");
    writer.finish().expect("an end");

    let rows = heights(&imported("file=\"h.png\"", vec![("h.png", bytes)]));

    assert!(rows.len() * rows[0].len() <= 512 * 512 && rows.len() > 400);
    assert_eq!((rows[0][0], rows[0].last().copied()), (0.0, Some(0.51)));
    let middle = rows[0][rows[0].len() / 2];
    assert!((middle - 0.255).abs() < 0.003, "{middle}");
}
