//! Paths in imported files, which never leave the project.

/// The folder of a file; empty for the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The path from the project root of `named`, as seen from `folder`.
///
/// # Errors
/// A reason, when the path leaves the project or is none.
pub(crate) fn resolve(folder: &str, named: &str) -> Result<String, &'static str> {
    if named.trim().is_empty() {
        return Err("the path is empty");
    }
    if named.starts_with('/') {
        return Err("the path is absolute");
    }
    if named.contains(['\\', ':']) || named.contains(char::is_control) {
        return Err("the path contains a character that file names cannot have");
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

/// `path` as a file in `folder` names it.
fn relative(folder: &str, path: &str) -> String {
    let split = |text: &str| -> Vec<String> {
        text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (from, to) = (split(folder), split(path));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - common);
    up.chain(to[common..].iter().cloned()).collect::<Vec<_>>().join("/")
}

/// `path` as text that stands beside `main` names it, or anywhere if it lies in
/// the folder of assets.
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
    fn a_path_is_written_as_seen_from_a_folder() {
        assert_eq!(relative("a/b", "a/m/x.stl"), "../m/x.stl");
        assert_eq!(relative("", "a/x.stl"), "a/x.stl");
        assert_eq!(relative("a", "a/x.stl"), "x.stl");
    }
}
