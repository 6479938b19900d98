//! STL: text, or binary with 84 bytes and 50 per triangle.

use std::collections::BTreeMap;

use super::Mesh;

const HEADER: usize = 84;
const TRIANGLE: usize = 50;

/// Reads an STL file of either kind.
pub(super) fn read(bytes: &[u8]) -> Result<Mesh, String> {
    if is_text(bytes) { text(bytes) } else { binary(bytes) }
}

/// True for a text file. The first word does not decide, because many programs start
/// binary files with `solid`; the size of a binary file does.
fn is_text(bytes: &[u8]) -> bool {
    let is_exact = count(bytes)
        .and_then(|count| count.checked_mul(TRIANGLE)?.checked_add(HEADER))
        .is_some_and(|size| size == bytes.len());
    if is_exact {
        return false;
    }
    let head = &bytes[..bytes.len().min(4096)];
    let has =
        |word: &[u8]| head.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    !head.contains(&0) && (has(b"facet") || has(b"endsolid"))
}

/// Number of triangles in the header of a binary file.
fn count(bytes: &[u8]) -> Option<usize> {
    let word = bytes.get(HEADER - 4..HEADER)?;
    usize::try_from(u32::from_le_bytes([word[0], word[1], word[2], word[3]])).ok()
}

fn binary(bytes: &[u8]) -> Result<Mesh, String> {
    let Some(said) = count(bytes) else {
        return Err("it is too short for an STL file".to_owned());
    };
    let body = &bytes[HEADER..];
    let held = body.len() / TRIANGLE;
    // Programs that stream the file leave the count at 0 or at its maximum.
    let is_unset = said == 0 || said == u32::MAX as usize;
    let count = if is_unset && body.len().is_multiple_of(TRIANGLE) { held } else { said };
    if count > held {
        return Err(format!("it is truncated: {held} of {count} triangles"));
    }
    let mut builder = Builder::default();
    for triangle in body.chunks_exact(TRIANGLE).take(count) {
        let number = |place: usize| {
            let at = 12 + 4 * place;
            f32::from_le_bytes([triangle[at], triangle[at + 1], triangle[at + 2], triangle[at + 3]])
        };
        let corner = |corner: usize| [0, 1, 2].map(|part| number(3 * corner + part));
        builder.add([corner(0), corner(1), corner(2)]);
    }
    builder.finish()
}

/// Reads text: `facet`, three times `vertex` and three numbers, `endfacet`,
/// in any case and on any number of lines. Normals are not needed.
fn text(bytes: &[u8]) -> Result<Mesh, String> {
    let text = String::from_utf8_lossy(bytes);
    let mut builder = Builder::default();
    let mut corners: Vec<[f32; 3]> = Vec::new();
    let mut part: Option<Vec<f32>> = None;
    // The name of a solid can be any words; a file of one line continues after it.
    let mut is_name = false;
    for (index, line) in text.split(['\n', '\r']).enumerate() {
        for word in words(line) {
            let failed = |what: String| format!("line {} of the STL text: {what}", index + 1);
            let is = |expected: &str| word.eq_ignore_ascii_case(expected);
            if let Some(parts) = &mut part {
                let number = word.parse();
                parts.push(number.map_err(|_| failed(format!("`{word}` is not a number")))?);
                if let [x, y, z] = parts[..] {
                    corners.push([x, y, z]);
                    part = None;
                }
            } else if is("solid") || is("endsolid") {
                is_name = true;
            } else if is("facet") {
                is_name = false;
            } else if is("vertex") && !is_name {
                part = Some(Vec::new());
            } else if is("endfacet") {
                if corners.len() < 3 {
                    let count = corners.len();
                    return Err(failed(format!("a facet ends after {count} of 3 corners")));
                }
                for second in 1..corners.len() - 1 {
                    builder.add([corners[0], corners[second], corners[second + 1]]);
                }
                corners.clear();
            }
        }
    }
    if part.is_some() || !corners.is_empty() {
        return Err("the STL text ends within a facet".to_owned());
    }
    builder.finish()
}

/// The words of a line, without comments.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let is_comment = |word: &&str| word.starts_with('#') || word.starts_with("//");
    line.split_ascii_whitespace().take_while(move |word| !is_comment(word))
}

/// Collects triangles; equal vertices are merged.
#[derive(Default)]
struct Builder {
    mesh: Mesh,
    known: BTreeMap<[u32; 3], u32>,
}

impl Builder {
    fn add(&mut self, triangle: [[f32; 3]; 3]) {
        let indices = triangle.map(|corner| {
            // Zero has two signs.
            let corner = corner.map(|part| part + 0.0);
            let next = self.mesh.vertices.len() as u32;
            let index = *self.known.entry(corner.map(f32::to_bits)).or_insert(next);
            if index == next {
                self.mesh.vertices.push(corner.map(f64::from));
            }
            index
        });
        self.mesh.triangles.push(indices);
    }

    fn finish(self) -> Result<Mesh, String> {
        if self.mesh.triangles.is_empty() {
            return Err("the STL file has no triangles".to_owned());
        }
        Ok(self.mesh)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const CORNERS: [[f32; 3]; 4] =
        [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    const FACES: [[usize; 3]; 4] = [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]];

    /// A tetrahedron in binary, with a header and what follows the triangles.
    fn binary_file(header: &[u8], count: u32, after: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 80];
        bytes[..header.len()].copy_from_slice(header);
        bytes.extend(count.to_le_bytes());
        for face in FACES {
            bytes.extend([0; 12]);
            for corner in face {
                bytes.extend(CORNERS[corner].iter().flat_map(|part| part.to_le_bytes()));
            }
            bytes.extend([0; 2]);
        }
        bytes.extend(after);
        bytes
    }

    /// The same in text.
    fn text_file(facet: &str, end_of_line: &str) -> String {
        let mut text = format!("solid a vertex mount{end_of_line}");
        for face in FACES {
            let _ = write!(text, "{facet}{end_of_line}  outer loop{end_of_line}");
            for corner in face {
                let [x, y, z] = CORNERS[corner];
                let _ = write!(text, "    vertex {x:e} {y} {z:+}{end_of_line}");
            }
            let _ = write!(text, "  endloop{end_of_line}endfacet{end_of_line}");
        }
        text + "endsolid a vertex mount" + end_of_line
    }

    fn assert_tetrahedron(bytes: &[u8]) {
        let mesh = read(bytes).expect("the file is read");
        assert_eq!((mesh.vertices.len(), mesh.triangles.len()), (4, 4));
        assert_eq!(mesh.vertices[1], [0.0, 1.0, 0.0]);
    }

    #[test]
    fn the_size_of_a_file_says_whether_it_is_binary() {
        assert_tetrahedron(&binary_file(b"solid part from a CAD program\n\nfacet", 4, &[]));
        assert_tetrahedron(&binary_file(b"solid", 4, b"\n"));
        assert_tetrahedron(&binary_file(b"\xef\xbb\xbfsolid \xe4\n", 4, &[7; 30]));
        assert_tetrahedron(&binary_file(b"", 4, &[]));
        assert_tetrahedron(&binary_file(b"", 0, &[]));
        assert_tetrahedron(&binary_file(b"solid\n", u32::MAX, &[]));
    }

    #[test]
    fn text_is_read_in_every_spelling() {
        let plain = text_file("facet normal 0 0 0", "\n");
        assert_tetrahedron(plain.as_bytes());
        assert_tetrahedron(plain.to_uppercase().as_bytes());
        assert_tetrahedron(text_file("facet", "\r\n").as_bytes());
        assert_tetrahedron(text_file("facet normal nan nan -nan(ind)", "\r").as_bytes());
        assert_tetrahedron(text_file("# made by hand\nfacet normal 0 0 1", " \n\n").as_bytes());
        assert_tetrahedron(text_file("facet normal 0 0 1", " ").as_bytes());
        let two = plain.clone() + &plain.replace("solid a", "solid b");
        assert_eq!(read(two.as_bytes()).expect("two solids").triangles.len(), 8);
        let mut latin = plain.into_bytes();
        latin[6] = 0xe4;
        assert_tetrahedron(&latin);
    }

    #[test]
    fn broken_files_are_refused_with_a_reason() {
        let refused = |bytes: &[u8]| read(bytes).expect_err("the file is broken");

        assert!(refused(&binary_file(b"", 5, &[])).contains("4 of 5 triangles"));
        assert!(refused(b"solid").contains("too short"));
        assert!(refused(&[0; 84]).contains("no triangles"));
        let text = text_file("facet normal 0 0 1", "\n");
        assert!(refused(text.replace("1e0", "one").as_bytes()).contains("`one` is not a number"));
        assert!(refused(b"solid x\nendsolid x\n").contains("no triangles"));
        let cut = &text[..text.len() - 60];
        assert!(refused(cut.as_bytes()).contains("ends within a facet"));
    }
}
