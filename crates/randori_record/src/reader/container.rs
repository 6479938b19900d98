//! The records of an MCAP file (<https://mcap.dev/spec>) that occur in recordings.

use std::io::Read as _;
use std::ops::Range;

use super::ReadError;

/// A range of a file.
pub(super) type Span = Range<usize>;

/// Opcodes of supported records.
pub(super) mod op {
    pub(crate) const HEADER: u8 = 0x01;
    pub(crate) const CHANNEL: u8 = 0x04;
    pub(crate) const MESSAGE: u8 = 0x05;
    pub(crate) const CHUNK: u8 = 0x06;
    pub(crate) const ATTACHMENT: u8 = 0x09;
    pub(crate) const METADATA: u8 = 0x0c;
    pub(crate) const DATA_END: u8 = 0x0f;
}

const MAGIC: &[u8] = mcap::MAGIC;
/// Maximum size of a chunk; ours are far smaller, so a larger one is forged.
const MAX_CHUNK_BYTES: u64 = 64 << 20;

/// An attachment.
pub(super) struct Attached {
    pub(super) name: String,
    pub(super) data: Span,
}

/// Index of a file.
pub(super) struct Container {
    /// Bodies of the chunk records, in order.
    pub(super) chunks: Vec<Span>,
    pub(super) attachments: Vec<Attached>,
    /// The metadata records: name, and the body after it.
    pub(super) metadata: Vec<(String, Span)>,
    /// True if the file is complete.
    pub(super) whole: bool,
}

impl Container {
    /// Finds all complete records of the data section.
    pub(super) fn scan(bytes: &[u8]) -> Result<Self, ReadError> {
        if !bytes.starts_with(MAGIC) {
            let cut = !bytes.is_empty() && MAGIC.starts_with(bytes);
            return Err(if cut { ReadError::EndsBeforeStart } else { ReadError::NotMcap });
        }
        let mut found = Self {
            chunks: Vec::new(),
            attachments: Vec::new(),
            metadata: Vec::new(),
            whole: false,
        };
        let ends_well = bytes.len() >= 2 * MAGIC.len() && bytes.ends_with(MAGIC);
        let mut fields = Fields::new(bytes, MAGIC.len()..bytes.len());
        while !fields.is_empty() {
            let at = fields.at();
            let Some((opcode, body)) = fields.record() else {
                // Truncated, unless the end is present.
                return if ends_well {
                    Err(damaged(at, "a record is too long"))
                } else {
                    Ok(found)
                };
            };
            match opcode {
                op::CHUNK => found.chunks.push(body),
                op::ATTACHMENT => found.attachments.push(attachment(bytes, body)?),
                op::METADATA => {
                    let mut fields = Fields::new(bytes, body);
                    let name =
                        fields.text().ok_or_else(|| damaged(at, "a broken metadata record"))?;
                    found.metadata.push((name.to_owned(), fields.rest()));
                }
                op::DATA_END => {
                    found.whole = ends_well;
                    break;
                }
                op::HEADER if at != MAGIC.len() => {
                    return Err(damaged(at, "a second header"));
                }
                0 => return Err(damaged(at, "an unknown record")),
                _ => {}
            }
        }
        Ok(found)
    }
}

/// The key and value pairs of a metadata record.
pub(super) fn string_map(bytes: &[u8], span: Span) -> Option<Vec<(&str, &str)>> {
    let mut fields = Fields::new(bytes, span);
    let length = fields.u32()? as usize;
    let mut entries = Fields::new(bytes, fields.take(length)?);
    let mut map = Vec::new();
    while !entries.is_empty() {
        map.push((entries.text()?, entries.text()?));
    }
    Some(map)
}

fn attachment(bytes: &[u8], body: Span) -> Result<Attached, ReadError> {
    let broken = || damaged(body.start, "a broken attachment");
    let mut fields = Fields::new(bytes, body.clone());
    fields.take(16).ok_or_else(broken)?; // times
    let name = fields.text().ok_or_else(broken)?.to_owned();
    fields.text().ok_or_else(broken)?; // media type
    let length = usize::try_from(fields.u64().ok_or_else(broken)?).map_err(|_| broken())?;
    let data = fields.take(length).ok_or_else(broken)?;
    let saved = fields.u32().ok_or_else(broken)?;
    if saved != 0 && saved != crc32fast::hash(&bytes[body.start..data.end]) {
        return Err(damaged(body.start, format!("the checksum of `{name}` differs")));
    }
    Ok(Attached { name, data })
}

/// The records in a chunk, unpacked into `out`.
pub(super) fn unpack(bytes: &[u8], chunk: Span, out: &mut Vec<u8>) -> Result<(), ReadError> {
    let at = chunk.start;
    let broken = || damaged(at, "a broken chunk");
    let mut fields = Fields::new(bytes, chunk);
    fields.take(16).ok_or_else(broken)?; // times
    let size = fields.u64().ok_or_else(broken)?;
    let saved = fields.u32().ok_or_else(broken)?;
    let compression = fields.text().ok_or_else(broken)?;
    let length = usize::try_from(fields.u64().ok_or_else(broken)?).map_err(|_| broken())?;
    let packed = &bytes[fields.take(length).ok_or_else(broken)?];
    if size > MAX_CHUNK_BYTES {
        return Err(damaged(at, "a chunk that claims to be too large"));
    }
    out.clear();
    let unpacked = match compression {
        "" => packed.take(size + 1).read_to_end(out),
        "lz4" => lz4::Decoder::new(packed).and_then(|from| from.take(size + 1).read_to_end(out)),
        "zstd" => zstd::Decoder::new(packed).and_then(|from| from.take(size + 1).read_to_end(out)),
        _ => return Err(damaged(at, "a chunk in an unknown compression")),
    };
    match unpacked {
        Err(error) => Err(damaged(at, format!("a chunk that cannot be unpacked ({error})"))),
        Ok(_) if out.len() as u64 != size => Err(damaged(at, "a chunk of another length")),
        Ok(_) if saved != 0 && crc32fast::hash(out) != saved => {
            Err(damaged(at, "the checksum of a chunk differs"))
        }
        Ok(_) => Ok(()),
    }
}

pub(super) fn damaged(at: usize, what: impl Into<String>) -> ReadError {
    ReadError::Damaged { at, what: what.into() }
}

/// Reads fields one after the other; `None` at the end of the bytes.
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    left: Span,
}

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8], left: Span) -> Self {
        Self { bytes, left }
    }

    pub(super) fn at(&self) -> usize {
        self.left.start
    }

    pub(super) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    pub(super) fn rest(&self) -> Span {
        self.left.clone()
    }

    pub(super) fn take(&mut self, length: usize) -> Option<Span> {
        let end = self.left.start.checked_add(length).filter(|end| *end <= self.left.end)?;
        let taken = self.left.start..end;
        self.left.start = end;
        Some(taken)
    }

    /// Opcode and body of a record.
    pub(super) fn record(&mut self) -> Option<(u8, Span)> {
        let [opcode] = self.array()?;
        let length = usize::try_from(self.u64()?).ok()?;
        Some((opcode, self.take(length)?))
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.u32()? as usize;
        let span = self.take(length)?;
        std::str::from_utf8(&self.bytes[span]).ok()
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let span = self.take(N)?;
        self.bytes[span].try_into().ok()
    }
}
