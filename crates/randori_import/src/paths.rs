//! Paths in imported files, which are confined to the project.

/// The folder of a file; empty for the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The path of `named`, relative to `folder`, from the project root.
///
/// # Errors
/// The reason, if the path is invalid or leaves the project.
pub(crate) fn resolve(folder: &str, named: &str) -> Result<String, &'static str> {
    if named.trim().is_empty() {
        return Err("the path is empty");
    }
    if named.starts_with('/') {
        return Err("the path is absolute");
    }
    if named.contains(['\\', ':']) || named.contains(char::is_control) {
        return Err("the path contains an invalid character");
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(named.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or("the path leaves the project")?;
            }
            name => parts.push(name),
        }
    }
    Ok(parts.join("/"))
}

/// A normalised path of a file.
#[derive(Debug, PartialEq)]
pub(crate) struct Written {
    /// With `/` between its parts, without scheme or drive.
    pub(crate) path: String,
    /// True if it is relative to the folder of the file.
    pub(crate) is_local: bool,
    /// True if it begins with the name of a package.
    pub(crate) is_package: bool,
}

impl Written {
    /// Parses a URL or a path of any system.
    ///
    /// # Errors
    /// The reason, if it cannot be a local file.
    pub(crate) fn of(named: &str) -> Result<Self, String> {
        let named = named.trim();
        if named.is_empty() {
            return Err("the path is empty".to_owned());
        }
        let mut path = named.replace('\\', "/");
        let (mut is_local, mut is_package) = (true, false);
        if let Some((scheme, rest)) = path.split_once("://") {
            match scheme.to_ascii_lowercase().as_str() {
                "package" | "model" => is_package = true,
                "file" => {}
                "http" | "https" | "ftp" => {
                    return Err("it is a URL; download it, and name the file".to_owned());
                }
                other => return Err(format!("paths with `{other}://` are not supported")),
            }
            path = rest.to_owned();
        } else if let Some(rest) = path.strip_prefix("file:") {
            path = rest.to_owned();
        }
        if path.contains('%') {
            path = percent_decoded(&path);
        }
        let bytes = path.as_bytes();
        if bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && &bytes[1..3] == b":/" {
            (path, is_local) = (path[2..].to_owned(), false);
        }
        if path.starts_with(['/', '~']) || is_package {
            is_local = false;
        }
        if path.contains(char::is_control) {
            return Err("the path contains a control character".to_owned());
        }
        Ok(Self { path, is_local, is_package })
    }
}

/// Decodes percent encoding, if the result is valid text.
fn percent_decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let (mut decoded, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let digits = path.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            decoded.push(byte);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| path.to_owned())
}

/// The target of a path that leaves the project, relative to its root: it begins with
/// `../`. `None` for other paths.
pub(crate) fn beyond(folder: &str, named: &str) -> Option<String> {
    if named.starts_with('/') || named.contains(['\\', ':']) || named.contains(char::is_control) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    let mut is_beyond = false;
    for part in folder.split('/').chain(named.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_none_or(|last| *last == "..") => {
                is_beyond = true;
                parts.push("..");
            }
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    is_beyond.then(|| parts.join("/"))
}

/// `path` relative to `folder`.
fn relative(folder: &str, path: &str) -> String {
    let split = |text: &str| -> Vec<String> {
        text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (from, to) = (split(folder), split(path));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - common);
    up.chain(to[common..].iter().cloned()).collect::<Vec<_>>().join("/")
}

/// `path` relative to the folder of `main`, or with `assets:` if it is in the folder of
/// assets.
pub(crate) fn named_from(main: &str, path: &str) -> String {
    match path.strip_prefix("assets/") {
        Some(inside) => format!("assets:{inside}"),
        None => relative(folder(main), path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_project() {
        assert_eq!(resolve("a/b", "../m/x.stl").as_deref(), Ok("a/m/x.stl"));
        assert_eq!(resolve("a", "../../x.stl"), Err("the path leaves the project"));
        assert!(resolve("a", "/etc/passwd").is_err());
        assert!(resolve("a", "").is_err());
        assert!(resolve("a", "C:\\x").is_err());
    }

    #[test]
    fn urls_and_paths_of_other_systems_are_taken_apart() {
        let written = |named: &str| {
            let found = Written::of(named).expect(named);
            (found.path, found.is_local, found.is_package)
        };
        let local = |path: &str| (path.to_owned(), true, false);

        assert_eq!(written("file://meshes/b.stl"), local("meshes/b.stl"));
        assert_eq!(written("meshes\\b.stl"), local("meshes/b.stl"));
        assert_eq!(written("my%20meshes/b%2.stl"), local("my meshes/b%2.stl"));
        assert_eq!(written("file:///home/kim/b.stl"), ("/home/kim/b.stl".into(), false, false));
        assert_eq!(written("C:\\kim\\b.stl"), ("/kim/b.stl".into(), false, false));
        assert_eq!(written("package://arm/b.stl"), ("arm/b.stl".into(), false, true));
        assert_eq!(written("model://arm/b.stl"), ("arm/b.stl".into(), false, true));
        assert!(Written::of("https://example.org/b.stl").is_err());
        assert!(Written::of(" ").is_err());
    }

    #[test]
    fn a_path_that_leaves_the_project_leads_somewhere() {
        assert_eq!(beyond("a", "../../m/x.stl").as_deref(), Some("../m/x.stl"));
        assert_eq!(beyond("a", "../../../m/../x.stl").as_deref(), Some("../../x.stl"));
        assert_eq!(beyond("a", "../x.stl"), None);
        assert_eq!(beyond("", "/x.stl"), None);
    }

    #[test]
    fn a_path_is_written_as_seen_from_a_folder() {
        assert_eq!(relative("a/b", "a/m/x.stl"), "../m/x.stl");
        assert_eq!(relative("", "a/x.stl"), "a/x.stl");
        assert_eq!(relative("a", "a/x.stl"), "x.stl");
    }
}
