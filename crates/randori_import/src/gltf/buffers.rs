//! The data of a glTF file: buffers, and the numbers in them.

use std::borrow::Cow;

use super::{Accessor, Buffer, Document, ReadBeside};
use crate::values::shortened;

/// Maximum number of buffers of a file; exporters write one.
const MAX_BUFFERS: usize = 100;

/// Values of `componentType`: unsigned bytes, shorts and ints, and floats.
const BYTES: u32 = 5121;
const SHORTS: u32 = 5123;
const INTS: u32 = 5125;
const FLOATS: u32 = 5126;

/// The bytes of all buffers of a file. `own` are those inside a GLB file, for the
/// first buffer without a URI.
///
/// # Errors
/// The reason, if one of them cannot be read.
pub(super) fn load<'d>(
    buffers: &[Buffer],
    own: &'d [u8],
    beside: &mut ReadBeside<'_>,
) -> Result<Vec<Cow<'d, [u8]>>, String> {
    if buffers.len() > MAX_BUFFERS {
        return Err(format!("it has more than {MAX_BUFFERS} buffers"));
    }
    let mut own = Some(own);
    let load = |buffer: &Buffer| match &buffer.uri {
        None => Ok(Cow::Borrowed(own.take().unwrap_or_default())),
        Some(uri) if uri.starts_with("data:") => {
            let bytes = uri.split_once(";base64,").and_then(|(_, text)| from_base64(text));
            bytes.map(Cow::Owned).ok_or_else(|| "its data are not valid Base64".to_owned())
        }
        Some(uri) => beside(uri)
            .map(Cow::Owned)
            .map_err(|reason| format!("its data in `{}`: {reason}", shortened(uri))),
    };
    buffers.iter().map(load).collect()
}

/// Decodes Base64 (RFC 4648); `None` if it is invalid.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for character in text.trim_end_matches('=').bytes() {
        let six = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

/// The data of a file by accessor.
#[derive(Clone, Copy)]
pub(super) struct Data<'d> {
    pub(super) document: &'d Document,
    pub(super) buffers: &'d [Cow<'d, [u8]>],
}

impl Data<'_> {
    /// The positions of an accessor of vertices.
    pub(super) fn corners(&self, accessor: usize) -> Result<Vec<[f64; 3]>, String> {
        let (accessor, items) = self.items(accessor, 12)?;
        if accessor.component_type != FLOATS || accessor.shape != "VEC3" {
            return Err("its vertices are not floats".to_owned());
        }
        let number = |bytes: &[u8], at: usize| {
            let four = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
            f64::from(f32::from_le_bytes(four))
        };
        Ok(items.map(|it| [number(it, 0), number(it, 4), number(it, 8)]).collect())
    }

    /// The numbers of an accessor of indices.
    pub(super) fn indices(&self, accessor: usize) -> Result<Vec<u32>, String> {
        let kind = self.document.accessors.get(accessor).map_or(0, |it| it.component_type);
        let size = match kind {
            BYTES => 1,
            SHORTS => 2,
            INTS => 4,
            _ => return Err("its indices have an unknown type".to_owned()),
        };
        let (_, items) = self.items(accessor, size)?;
        let number = |bytes: &[u8]| {
            bytes.iter().rev().fold(0_u32, |number, byte| number << 8 | u32::from(*byte))
        };
        Ok(items.map(number).collect())
    }

    /// An accessor and its items of this many bytes each.
    fn items(
        &self,
        accessor: usize,
        size: usize,
    ) -> Result<(&Accessor, impl Iterator<Item = &[u8]>), String> {
        let beyond = || "its data are truncated".to_owned();
        let found = self.document.accessors.get(accessor).ok_or_else(beyond)?;
        let view = found.buffer_view.and_then(|view| self.document.buffer_views.get(view));
        // Data without a view are all zero, or sparse.
        let view = view.ok_or_else(|| "its data are sparse".to_owned())?;
        let buffer = self.buffers.get(view.buffer).ok_or_else(beyond)?;
        let end = view.byte_offset.checked_add(view.byte_length).ok_or_else(beyond)?;
        let data = buffer.get(view.byte_offset..end).ok_or_else(beyond)?;
        let data = data.get(found.byte_offset..).ok_or_else(beyond)?;
        let stride = view.byte_stride.unwrap_or(size).max(size);
        let needed = found.count.saturating_sub(1).checked_mul(stride);
        let needed = needed.and_then(|it| it.checked_add(size)).ok_or_else(beyond)?;
        if found.count == 0 || needed > data.len() {
            return Err(beyond());
        }
        let items = (0..found.count).map(move |item| &data[item * stride..item * stride + size]);
        Ok((found, items))
    }
}

#[cfg(test)]
mod tests {
    use super::from_base64;

    #[test]
    fn base64_text_becomes_bytes() {
        assert_eq!(from_base64("").as_deref(), Some(&b""[..]));
        assert_eq!(from_base64("Zg==").as_deref(), Some(&b"f"[..]));
        assert_eq!(from_base64("Zm9vYmE=").as_deref(), Some(&b"fooba"[..]));
        assert_eq!(from_base64("+/+/").as_deref(), Some(&[0xfb, 0xff, 0xbf][..]));
        assert_eq!(from_base64("Zm 9v"), None);
    }
}
