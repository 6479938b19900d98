//! Detects files mistaken for networks by their first bytes.

use randori_core::text::is_git_lfs_pointer;

/// The kind of a file that is not an ONNX network, and advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherFile {
    /// Completes "it is ..".
    pub what: &'static str,
    /// Advice.
    pub help: &'static str,
}

/// Advice on exporting ONNX from training software.
const EXPORT: &str = "export it as ONNX, such as with `torch.onnx.export`";

/// Identifies bytes that are known not to be an ONNX network.
pub fn other_file(bytes: &[u8]) -> Option<OtherFile> {
    let found = |what, help| Some(OtherFile { what, help });
    if bytes.is_empty() {
        return found("empty", "download or copy it again; it is incomplete");
    }
    if is_git_lfs_pointer(bytes) {
        return found(
            "a Git LFS pointer, not the file itself",
            "run `git lfs pull` where you got it",
        );
    }
    match bytes {
        [b'P', b'K', 3, 4, ..] => Some(archive(bytes)),
        [0x80, 2..=5, ..] => found("a Python pickle, such as an old PyTorch checkpoint", EXPORT),
        [0x1f, 0x8b, ..] => found("compressed by gzip", "unpack it with `gunzip`"),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => found("a NumPy array (.npy)", EXPORT),
        [0x89, b'H', b'D', b'F', ..] => found(
            "an HDF5 file, such as weights of Keras",
            "export it as ONNX, such as with `tf2onnx`",
        ),
        [_, _, _, _, b'T', b'F', b'L', b'3', ..] => found(
            "a TensorFlow Lite model",
            "convert it with `python3 -m tf2onnx.convert --tflite`",
        ),
        // The length of the header, then the header in JSON.
        [_, _, _, _, 0, 0, 0, 0, b'{', ..] => {
            found("a safetensors file: weights without a network", EXPORT)
        }
        _ => text(bytes),
    }
}

/// Identifies a zip archive by its file names, which are uncompressed in the first bytes and in the
/// directory at the end.
fn archive(bytes: &[u8]) -> OtherFile {
    let has = |name: &[u8]| {
        let ends = [&bytes[..bytes.len().min(4096)], &bytes[bytes.len().saturating_sub(1 << 16)..]];
        ends.iter().any(|part| part.windows(name.len()).any(|window| window == name))
    };
    if has(b"constants.pkl") {
        let help = "load it with `torch.jit.load` and export it with `torch.onnx.export`";
        OtherFile { what: "a TorchScript archive", help }
    } else if has(b"data.pkl") {
        OtherFile { what: "a PyTorch checkpoint: weights without a network", help: EXPORT }
    } else if has(b"policy.pth") {
        let what = "a stable-baselines3 archive";
        OtherFile { what, help: "export its policy as ONNX; its documentation shows how" }
    } else if has(b".npy") {
        OtherFile { what: "NumPy arrays (.npz): weights without a network", help: EXPORT }
    } else {
        OtherFile { what: "a zip archive", help: "unpack it; name the ONNX file in it" }
    }
}

/// Identifies a text file.
fn text(bytes: &[u8]) -> Option<OtherFile> {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let begins = |with: &str| {
        start.get(..with.len()).is_some_and(|it| it.eq_ignore_ascii_case(with.as_bytes()))
    };
    if begins("<!doctype html") || begins("<html") {
        return Some(OtherFile {
            what: "an HTML page",
            help: "a web page was saved instead of the file; use its download link (`raw`)",
        });
    }
    if begins("<?xml") || begins("<net ") {
        let help = "use the ONNX file that it was converted from";
        return Some(OtherFile { what: "an XML file, such as a network of OpenVINO", help });
    }
    let is_json = matches!(start, [b'{', b'"' | b'\n' | b'\r' | b' ' | b'}', ..]);
    is_json.then_some(OtherFile { what: "a JSON file", help: EXPORT })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(bytes: &[u8]) -> &'static str {
        other_file(bytes).map_or("unknown", |file| file.what)
    }

    #[test]
    fn files_that_are_no_networks_are_named() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 84213\n";
        assert_eq!(what(pointer), "a Git LFS pointer, not the file itself");
        assert_eq!(what(b"\n<!DOCTYPE html><html>"), "an HTML page");
        assert_eq!(
            what(b"PK\x03\x04......policy/data.pkl....").split(':').next(),
            Some("a PyTorch checkpoint")
        );
        assert_eq!(
            what(b"PK\x03\x04....arr_0.npy...").split(':').next(),
            Some("NumPy arrays (.npz)")
        );
        assert_eq!(what(b"\x80\x02}q\x00"), "a Python pickle, such as an old PyTorch checkpoint");
        let safetensors = [&60_u64.to_le_bytes()[..], b"{\"w\":{\"dtype\":\"F32\""].concat();
        assert_eq!(what(&safetensors).split(':').next(), Some("a safetensors file"));
        assert_eq!(what(b"{\"format\": 1}"), "a JSON file");
        assert_eq!(what(b""), "empty");
    }

    #[test]
    fn the_beginnings_of_onnx_files_are_not_taken_for_others() {
        // IR version 8, then a producer; a graph first; and a length of 0x50.
        for bytes in [&b"\x08\x08\x12\x07pytorch"[..], b"\x3a\x84\x01\x0a", b"\x08\x03\x3a\x50"] {
            assert_eq!(other_file(bytes), None, "{bytes:?}");
        }
    }
}
