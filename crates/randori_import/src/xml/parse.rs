//! The text of one XML file as a list of elements.
//!
//! It is as lenient as the readers of other simulators (most use `tinyxml2`), because
//! existing files were only tested with those:
//!
//! - Prefixes need no `xmlns`; they are part of the name, so that `drake:joint`
//!   is not a `joint`.
//! - Blank lines, comments and text may precede the declaration and follow the root
//!   element, and so may NUL characters after it.
//! - Comments may contain `--`; attributes need no space between them; values
//!   may contain `<`, and a `&` that starts no entity is literal.
//! - Document types are skipped. Only characters expand.
//!
//! Other violations of XML are refused, with the position.
//!
//! Start reading at [`parse`].

use std::collections::BTreeMap;
use std::ops::Range;

/// An element; its children come after it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RawElement {
    pub(super) tag: String,
    pub(super) attributes: Vec<RawAttribute>,
    /// Index of the parent in the list.
    pub(super) parent: Option<usize>,
    /// Depth, including itself.
    pub(super) depth: usize,
    /// Text between its tags, without that of its children.
    pub(super) text: String,
    /// The first line of the start tag.
    pub(super) range: Range<usize>,
}

/// `name="value"`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RawAttribute {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) range: Range<usize>,
}

/// Content of a file.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// The root and its descendants, in the order of their start tags.
    pub(super) elements: Vec<RawElement>,
    /// Ignored text or elements outside of the root element.
    pub(super) outside: Option<Range<usize>>,
    /// The first unexpanded entity in a value.
    pub(super) unexpanded: Option<Range<usize>>,
}

/// The reason why a text is not XML.
#[derive(Debug, PartialEq)]
pub(super) struct Malformed {
    pub(super) at: Range<usize>,
    pub(super) reason: String,
    pub(super) help: &'static str,
    /// A related position, with a message.
    pub(super) other: Option<(Range<usize>, &'static str)>,
    /// True if the text only exceeds the limits.
    pub(super) exceeds: bool,
}

/// Limits of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) depth: usize,
    pub(super) elements: usize,
}

/// Reads a text.
///
/// # Errors
/// The first problem, or the exceeded limit.
pub(super) fn parse(text: &str, bounds: Bounds) -> Result<Parsed, Box<Malformed>> {
    let mut reader = Reader { text, at: 0, parsed: Parsed::default(), open: Vec::new(), bounds };
    while reader.step()? {}
    reader.finish()
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    parsed: Parsed,
    /// The open elements, outermost first.
    open: Vec<usize>,
    bounds: Bounds,
}

impl Reader<'_> {
    /// Reads up to the end of the next tag or section; returns false at the end.
    fn step(&mut self) -> Result<bool, Box<Malformed>> {
        let rest = &self.text[self.at..];
        let Some(before) = rest.find('<') else {
            self.add_text(self.at..self.text.len());
            self.at = self.text.len();
            return Ok(false);
        };
        self.add_text(self.at..self.at + before);
        let start = self.at + before;
        self.at = start;
        let rest = &self.text[start..];
        if rest.starts_with("<!--") {
            self.skip(start + 4, "-->", "this comment is not closed", "close it by `-->`")?;
        } else if rest.starts_with("<![CDATA[") {
            let inside = start + 9;
            self.skip(inside, "]]>", "this CDATA section is not closed", "close it by `]]>`")?;
            self.add_text(inside..self.at - 3);
        } else if rest.starts_with("<!") {
            self.at = self.document_type_end(start)?;
        } else if rest.starts_with("<?") {
            let help = "close it by `?>`";
            self.skip(start + 2, "?>", "this declaration is not closed", help)?;
        } else if rest.starts_with("</") {
            self.close(start)?;
        } else if self.open.is_empty() && !self.parsed.elements.is_empty() {
            // A second root: the first one is the document.
            self.outside(start..self.text.len());
            self.at = self.text.len();
            return Ok(false);
        } else {
            self.start_tag(start)?;
        }
        Ok(true)
    }

    fn finish(self) -> Result<Parsed, Box<Malformed>> {
        if let Some(open) = self.open.last() {
            let element = &self.parsed.elements[*open];
            let end = self.text.trim_end_matches(is_blank).len();
            let mut error = malformed(
                end..end,
                format!("`<{}>` is not closed", element.tag),
                "close every element, in the right order; the file may be truncated",
            );
            error.other = Some((element.range.clone(), "opened here"));
            return Err(error);
        }
        if self.parsed.elements.is_empty() {
            let reason = "it has no element".to_owned();
            return Err(malformed(0..0, reason, "XML starts with `<`"));
        }
        Ok(self.parsed)
    }

    /// Continues after the next `end`.
    fn skip(
        &mut self,
        from: usize,
        end: &str,
        reason: &str,
        help: &'static str,
    ) -> Result<(), Box<Malformed>> {
        match self.text[from..].find(end) {
            Some(found) => {
                self.at = from + found + end.len();
                Ok(())
            }
            None => Err(malformed(self.first_line(self.at), reason.to_owned(), help)),
        }
    }

    /// The end of `<!DOCTYPE ... [ ... ]>`.
    fn document_type_end(&self, start: usize) -> Result<usize, Box<Malformed>> {
        let (mut brackets, mut quote) = (0_usize, None);
        for (offset, letter) in self.text[start..].char_indices() {
            match (letter, quote) {
                (_, Some(open)) => quote = (letter != open).then_some(open),
                ('"' | '\'', None) => quote = Some(letter),
                ('[', None) => brackets += 1,
                (']', None) => brackets = brackets.saturating_sub(1),
                ('>', None) if brackets == 0 => return Ok(start + offset + 1),
                _ => {}
            }
        }
        let reason = "this document type declaration is not closed".to_owned();
        Err(malformed(self.first_line(start), reason, "remove the `<!DOCTYPE ...>`"))
    }

    fn add_text(&mut self, range: Range<usize>) {
        let text = self.text[range.clone()].trim_matches(is_blank);
        if text.is_empty() {
            return;
        }
        if let Some(open) = self.open.last() {
            let (value, _) = unescaped(text);
            self.parsed.elements[*open].text.push_str(&value);
        } else {
            let start = range.end - self.text[range].trim_start_matches(is_blank).len();
            self.outside(start..start + text.len());
        }
    }

    fn outside(&mut self, range: Range<usize>) {
        if self.parsed.outside.is_none() {
            self.parsed.outside = Some(self.first_line(range.start));
        }
    }

    fn close(&mut self, start: usize) -> Result<(), Box<Malformed>> {
        let name = self.name(start + 2);
        let Some(length) = self.text[start..].find('>') else {
            let reason = format!("`</{name}` is not closed");
            return Err(malformed(self.first_line(start), reason, "close the tag by `>`"));
        };
        let (range, name) = (start..start + length + 1, name.to_owned());
        self.at = range.end;
        match self.open.pop() {
            Some(open) if self.parsed.elements[open].tag == name => Ok(()),
            Some(open) => {
                let element = &self.parsed.elements[open];
                let reason = format!("`</{name}>` instead of `</{}>`", element.tag);
                let help = "close every element, in the right order";
                let mut error = malformed(range, reason, help);
                error.other = Some((element.range.clone(), "close this one first"));
                Err(error)
            }
            None if self.parsed.elements.is_empty() => {
                let reason = format!("`</{name}>` has no start tag");
                Err(malformed(range, reason, "remove the tag, or add its start tag"))
            }
            None => {
                self.outside(range);
                Ok(())
            }
        }
    }

    fn start_tag(&mut self, start: usize) -> Result<(), Box<Malformed>> {
        let name_at = start + 1 + self.blanks(start + 1);
        let tag = self.name(name_at).to_owned();
        if tag.is_empty() {
            let reason = "no element name follows the `<`".to_owned();
            return Err(malformed(start..start + 1, reason, "write `&lt;` for the character `<`"));
        }
        let range = self.tag_line(start);
        let depth = self.open.len() + 1;
        self.within_bounds(&range, depth)?;
        let (attributes, is_empty) = self.attributes(name_at + tag.len(), &tag, &range)?;
        let id = self.parsed.elements.len();
        let (parent, text) = (self.open.last().copied(), String::new());
        self.parsed.elements.push(RawElement { tag, attributes, parent, depth, text, range });
        if !is_empty {
            self.open.push(id);
        }
        Ok(())
    }

    fn within_bounds(&self, range: &Range<usize>, depth: usize) -> Result<(), Box<Malformed>> {
        let exceeded = |reason: String, help| {
            let mut error = malformed(range.clone(), reason, help);
            error.exceeds = true;
            Err(error)
        };
        let Bounds { depth: deepest, elements } = self.bounds;
        if depth > deepest {
            let reason = format!("elements are nested more than {deepest} deep");
            return exceeded(reason, "raise the limit on nested brackets with `--limit nesting=N`");
        }
        if self.parsed.elements.len() >= elements {
            let reason = format!("there are more than {elements} elements");
            return exceeded(reason, "raise the limit on bodies with `--limit bodies=N`");
        }
        Ok(())
    }

    /// The attributes of a start tag, and true for `<.../>`; continues after its end.
    fn attributes(
        &mut self,
        from: usize,
        tag: &str,
        element: &Range<usize>,
    ) -> Result<(Vec<RawAttribute>, bool), Box<Malformed>> {
        let mut attributes: Vec<RawAttribute> = Vec::new();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut at = from;
        loop {
            at += self.blanks(at);
            let rest = &self.text[at..];
            if rest.starts_with("/>") || rest.starts_with('>') {
                let is_empty = rest.starts_with('/');
                self.at = at + 1 + usize::from(is_empty);
                return Ok((attributes, is_empty));
            }
            let read = self.attribute(at, tag, element).map_err(|error| {
                // A missing quote is detected only after the next one.
                let run_on = attributes.last().filter(|last| last.value.contains(['<', '>']));
                run_on.map_or(error, |last| {
                    let reason = format!("the value of `{}` has no closing quote", last.name);
                    malformed(self.first_line(last.range.start), reason, "close it by a quote")
                })
            })?;
            at = read.range.end;
            if let Some(first) = known.insert(read.name.clone(), attributes.len()) {
                let reason = format!("`{}` is written twice", read.name);
                let mut error = malformed(read.range, reason, "remove one of the two");
                error.other = Some((attributes[first].range.clone(), "first here"));
                return Err(error);
            }
            attributes.push(read);
        }
    }

    fn attribute(
        &mut self,
        at: usize,
        tag: &str,
        element: &Range<usize>,
    ) -> Result<RawAttribute, Box<Malformed>> {
        let name = self.name(at).to_owned();
        let Some(letter) = self.text[at..].chars().next() else {
            let reason = format!("the tag `<{tag}` is not closed");
            return Err(malformed(element.clone(), reason, "close it by `>` or `/>`"));
        };
        if name.is_empty() {
            let reason = match letter {
                '<' => format!("the tag `<{tag}` is not closed"),
                letter => format!("`{}` cannot start an attribute", letter.escape_debug()),
            };
            let help = "write attributes as `name=\"value\"`, and close the tag by `>` or `/>`";
            return Err(malformed(at..at + letter.len_utf8(), reason, help));
        }
        let mut next = at + name.len();
        next += self.blanks(next);
        if !self.text[next..].starts_with('=') {
            let reason = format!("`{name}` has no value");
            let help = "write attributes as `name=\"value\"`";
            return Err(malformed(at..at + name.len(), reason, help));
        }
        next += 1 + self.blanks(next + 1);
        let quote = self.text[next..].chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let Some(quote) = quote else {
            let reason = format!("the value of `{name}` is not in quotes");
            let help = "write attributes as `name=\"value\"`";
            return Err(malformed(at..next, reason, help));
        };
        let Some(length) = self.text[next + 1..].find(quote) else {
            let reason = format!("the value of `{name}` has no closing quote");
            return Err(malformed(self.first_line(at), reason, "close it by a quote"));
        };
        let inside = next + 1..next + 1 + length;
        let (value, entity) = unescaped(&self.text[inside.clone()]);
        if let Some(entity) = entity {
            let range = inside.start + entity.start..inside.start + entity.end;
            self.parsed.unexpanded.get_or_insert(range);
        }
        Ok(RawAttribute { name, value, range: at..inside.end + 1 })
    }

    /// The name that starts here; empty if there is none.
    fn name(&self, at: usize) -> &str {
        let rest = &self.text[at..];
        let starts = |letter: char| {
            letter.is_ascii_alphabetic() || matches!(letter, '_' | ':') || !letter.is_ascii()
        };
        if !rest.starts_with(starts) {
            return "";
        }
        let goes_on =
            |letter: char| starts(letter) || letter.is_ascii_digit() || matches!(letter, '-' | '.');
        &rest[..rest.find(|letter| !goes_on(letter)).unwrap_or(rest.len())]
    }

    fn blanks(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        rest.len() - rest.trim_start().len()
    }

    /// From a position to the end of its line.
    fn first_line(&self, start: usize) -> Range<usize> {
        let rest = &self.text[start..];
        start..start + rest.find(['\n', '\r']).unwrap_or(rest.len())
    }

    /// The first line of a tag.
    fn tag_line(&self, start: usize) -> Range<usize> {
        let inside = &self.text[start..];
        let end = inside.find(['\n', '>']);
        let length =
            end.map_or(inside.len(), |end| end + usize::from(inside.as_bytes()[end] == b'>'));
        start..start + length
    }
}

#[expect(clippy::unnecessary_box_returns, reason = "errors are boxed, as results are small")]
fn malformed(at: Range<usize>, reason: String, help: &'static str) -> Box<Malformed> {
    Box::new(Malformed { at, reason, help, other: None, exceeds: false })
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || letter == '\0' || letter == '\u{feff}'
}

/// The text with expanded entities, line ends and tabs as spaces, and the position of
/// the first named entity that is not one of XML's five.
fn unescaped(raw: &str) -> (String, Option<Range<usize>>) {
    const NAMED: [(&str, char); 5] =
        [("lt", '<'), ("gt", '>'), ("amp", '&'), ("quot", '"'), ("apos", '\'')];
    let mut text = String::with_capacity(raw.len());
    let (mut at, mut unknown) = (0, None);
    while let Some(offset) = raw[at..].find(['&', '\n', '\r', '\t']) {
        text.push_str(&raw[at..at + offset]);
        at += offset;
        if !raw[at..].starts_with('&') {
            text.push(' ');
            at += if raw[at..].starts_with("\r\n") { 2 } else { 1 };
            continue;
        }
        let name =
            raw[at + 1..].find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '#');
        let name = name.map_or("", |end| &raw[at + 1..at + 1 + end]);
        let is_closed = raw[at + 1 + name.len()..].starts_with(';') && !name.is_empty();
        let length = name.len() + 2;
        let known = NAMED.iter().find(|(word, _)| *word == name).map(|(_, letter)| *letter);
        let known = known.or_else(|| character(name)).filter(|_| is_closed);
        if let Some(letter) = known {
            text.push(letter);
            at += length;
            continue;
        }
        if is_closed && !name.starts_with('#') {
            unknown.get_or_insert(at..at + length);
        }
        text.push('&');
        at += 1;
    }
    text.push_str(&raw[at..]);
    (text, unknown)
}

/// The character of a reference such as `#65` or `#x41`.
fn character(name: &str) -> Option<char> {
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    code.ok().and_then(char::from_u32).filter(|letter| *letter != '\0')
}

#[cfg(test)]
mod tests;
