//! Protocol buffer wire format: tags, varints, lengths.

/// An error in the wire format, with its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WireError {
    /// Offset from the start of the file, in bytes.
    pub(crate) offset: usize,
    /// The problem.
    pub(crate) reason: &'static str,
}

/// Content of one field, and its offset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    offset: usize,
    content: Content<'a>,
}

/// Content after a tag.
#[derive(Debug, Clone, Copy)]
enum Content<'a> {
    /// Wire type 0: integers, booleans, enumerations.
    Varint(u64),
    /// Wire type 5: a float, or a little-endian word.
    Fixed32(u32),
    /// Wire type 1: a double, or a little-endian double word.
    Fixed64(u64),
    /// Wire type 2: text, bytes, a message or packed numbers.
    Bytes(Reader<'a>),
}

/// Reads fields sequentially, and tracks the offset in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// A reader of a whole file.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// The remaining bytes.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// An error at the next byte.
    pub(crate) fn error(&self, reason: &'static str) -> WireError {
        WireError { offset: self.offset, reason }
    }

    /// The next field and its number, `None` at the end.
    pub(crate) fn field(&mut self) -> Result<Option<(u32, Field<'a>)>, WireError> {
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let start = *self;
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).map_err(|_| start.error("field number too large"))?;
        if number == 0 {
            return Err(start.error("field number 0"));
        }
        let content = match tag & 7 {
            0 => Content::Varint(self.varint()?),
            1 => Content::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let length = self.varint()?;
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                Content::Bytes(self.take(length)?)
            }
            5 => Content::Fixed32(u32::from_le_bytes(self.array()?)),
            _ => return Err(start.error("unknown wire type")),
        };
        Ok(Some((number, Field { offset: start.offset, content })))
    }

    /// A base-128 number of at most 64 bits.
    pub(crate) fn varint(&mut self) -> Result<u64, WireError> {
        let start = *self;
        let mut value = 0_u64;
        for (index, &byte) in start.bytes.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.skip(index + 1);
                return Ok(value);
            }
        }
        Err(start.error(if start.bytes.len() < 10 {
            "the file ends inside a number"
        } else {
            "a number is longer than 10 bytes"
        }))
    }

    /// The next `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        match self.bytes.first_chunk::<N>() {
            Some(&chunk) => {
                self.skip(N);
                Ok(chunk)
            }
            None => Err(self.error("the file ends inside a number")),
        }
    }

    fn take(&mut self, length: usize) -> Result<Reader<'a>, WireError> {
        let Some(part) = self.bytes.get(..length) else {
            return Err(self.error("a length points beyond the end of its message"));
        };
        let inner = Reader { bytes: part, offset: self.offset };
        self.skip(length);
        Ok(inner)
    }

    fn skip(&mut self, count: usize) {
        self.bytes = &self.bytes[count..];
        self.offset += count;
    }
}

impl<'a> Field<'a> {
    fn error(&self, reason: &'static str) -> WireError {
        WireError { offset: self.offset, reason }
    }

    /// The content as one float.
    pub(crate) fn float(&self) -> Result<f32, WireError> {
        match self.content {
            Content::Fixed32(bits) => Ok(f32::from_bits(bits)),
            _ => Err(self.error("a float was expected")),
        }
    }

    /// The content as text; ONNX text is UTF-8.
    pub(crate) fn text(&self) -> Result<String, WireError> {
        let reader = self.message()?;
        match std::str::from_utf8(reader.bytes()) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(reader.error("text is not UTF-8")),
        }
    }

    /// The content as a nested message, or as raw bytes.
    pub(crate) fn message(&self) -> Result<Reader<'a>, WireError> {
        match self.content {
            Content::Bytes(reader) => Ok(reader),
            _ => Err(self.error("a message or text was expected")),
        }
    }

    /// The content as a signed integer.
    pub(crate) fn int(&self) -> Result<i64, WireError> {
        match self.content {
            Content::Varint(value) => Ok(value as i64),
            _ => Err(self.error("an integer was expected")),
        }
    }

    /// Appends one integer, or a packed list of them.
    pub(crate) fn ints(&self, into: &mut Vec<i64>) -> Result<(), WireError> {
        match self.content {
            Content::Varint(value) => into.push(value as i64),
            Content::Bytes(mut reader) => {
                while !reader.bytes().is_empty() {
                    into.push(reader.varint()? as i64);
                }
            }
            _ => return Err(self.error("integers were expected")),
        }
        Ok(())
    }

    /// Appends one float, or a packed list of them.
    pub(crate) fn floats(&self, into: &mut Vec<f32>) -> Result<(), WireError> {
        match self.content {
            Content::Fixed32(bits) => into.push(f32::from_bits(bits)),
            Content::Bytes(mut reader) => {
                while !reader.bytes().is_empty() {
                    into.push(f32::from_le_bytes(reader.array()?));
                }
            }
            _ => return Err(self.error("floats were expected")),
        }
        Ok(())
    }

    /// Appends one double, or a packed list of them.
    pub(crate) fn doubles(&self, into: &mut Vec<f64>) -> Result<(), WireError> {
        match self.content {
            Content::Fixed64(bits) => into.push(f64::from_bits(bits)),
            Content::Bytes(mut reader) => {
                while !reader.bytes().is_empty() {
                    into.push(f64::from_le_bytes(reader.array()?));
                }
            }
            _ => return Err(self.error("doubles were expected")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_varint_a_float_and_a_nested_message() {
        let bytes = [0x08, 0x96, 0x01, 0x15, 0, 0, 0x80, 0x3f, 0x1a, 2, 0x08, 0x05];
        let mut reader = Reader::new(&bytes);

        let (number, field) = reader.field().unwrap().unwrap();
        assert_eq!((number, field.int().unwrap()), (1, 150));
        let (number, field) = reader.field().unwrap().unwrap();
        let mut floats = Vec::new();
        field.floats(&mut floats).unwrap();
        assert_eq!((number, floats), (2, vec![1.0]));
        let (number, field) = reader.field().unwrap().unwrap();
        let mut inner = field.message().unwrap();
        assert_eq!((number, inner.offset), (3, 10));
        assert_eq!(inner.field().unwrap().unwrap().1.int().unwrap(), 5);
        assert!(reader.field().unwrap().is_none());
    }

    #[test]
    fn a_length_beyond_the_end_names_its_byte() {
        let error = Reader::new(&[0x1a, 0x7f, 0x00]).field().unwrap_err();

        assert_eq!(error.offset, 2);
    }

    #[test]
    fn endless_and_cut_numbers_are_refused() {
        assert!(Reader::new(&[0xff; 12]).field().is_err());
        assert!(Reader::new(&[0x08, 0xff]).field().is_err());
        assert!(Reader::new(&[0x0b]).field().is_err(), "groups are not used by ONNX");
    }
}
