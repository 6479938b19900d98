//! The ticks of a recording, one chunk in memory at a time.

use std::collections::BTreeMap;

use randori_core::time::Tick;

use super::ReadError;
use super::container::{Fields, Span, damaged, op, unpack};
use super::decode::Decoder;
use crate::header::Start;
use crate::tick::{Decided, RecordedTick};
use crate::wire::Topic;

/// Reads ticks in order; see [`Recording::ticks`](super::Recording::ticks).
pub struct Ticks<'a> {
    bytes: &'a [u8],
    chunks: std::slice::Iter<'a, Span>,
    /// Offset of the current chunk in the file.
    chunk_at: usize,
    /// The current chunk, decompressed, and its unread range.
    unpacked: Vec<u8>,
    left: Span,
    topics: BTreeMap<u16, Topic>,
    decoder: Decoder<'a>,
    last: Option<Tick>,
    ended: bool,
}

impl<'a> Ticks<'a> {
    pub(super) fn new(bytes: &'a [u8], chunks: &'a [Span], start: &'a Start) -> Self {
        Self {
            bytes,
            chunks: chunks.iter(),
            chunk_at: 0,
            unpacked: Vec::new(),
            left: 0..0,
            topics: BTreeMap::new(),
            decoder: Decoder::new(start),
            last: None,
            ended: false,
        }
    }

    /// The goals decided in the ticks read so far.
    pub(super) fn into_decided(self) -> Vec<Decided> {
        self.decoder.decided
    }

    fn advance(&mut self) -> Result<Option<RecordedTick>, ReadError> {
        loop {
            while self.left.is_empty() {
                let Some(chunk) = self.chunks.next() else { return Ok(None) };
                self.chunk_at = chunk.start;
                unpack(self.bytes, chunk.clone(), &mut self.unpacked)?;
                self.left = 0..self.unpacked.len();
            }
            let mut fields = Fields::new(&self.unpacked, self.left.clone());
            let broken = |what: &str| damaged(self.chunk_at, what);
            let (opcode, body) =
                fields.record().ok_or_else(|| broken("a chunk with a broken record"))?;
            self.left = fields.rest();
            match opcode {
                op::CHANNEL => {
                    let (id, name) = channel(&self.unpacked, body)
                        .ok_or_else(|| broken("a chunk with a broken channel"))?;
                    if let Some(topic) = Topic::ALL.into_iter().find(|topic| topic.name() == name) {
                        self.topics.insert(id, topic);
                    }
                }
                op::MESSAGE => {
                    if let Some(tick) = self.message(body)? {
                        return Ok(Some(tick));
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads a message; returns the tick that it completes.
    fn message(&mut self, body: Span) -> Result<Option<RecordedTick>, ReadError> {
        let mut fields = Fields::new(&self.unpacked, body);
        let broken = |what: &str| damaged(self.chunk_at, what);
        let id = fields.u16().ok_or_else(|| broken("a chunk with a broken message"))?;
        // Sequence number and times.
        fields.take(4 + 8 + 8).ok_or_else(|| broken("a chunk with a broken message"))?;
        let Some(topic) = self.topics.get(&id) else { return Ok(None) };
        let data = &self.unpacked[fields.rest()];
        let whole = self
            .decoder
            .message(*topic, data)
            .map_err(|what| broken(&format!("{}: {what}", topic.name())))?;
        if let Some(tick) = &whole {
            if self.last.is_some_and(|last| last >= tick.record.tick) {
                return Err(broken("ticks out of order"));
            }
            self.last = Some(tick.record.tick);
        }
        Ok(whole)
    }
}

impl Iterator for Ticks<'_> {
    type Item = Result<RecordedTick, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.advance().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// Number and topic of a channel record.
fn channel(bytes: &[u8], body: Span) -> Option<(u16, &str)> {
    let mut fields = Fields::new(bytes, body);
    let id = fields.u16()?;
    fields.u16()?; // schema
    Some((id, fields.text()?))
}
