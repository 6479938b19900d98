//! Advice about files outside the folder that an import reads.

use std::path::{Component, Path, PathBuf};

use randori_project::command_line;
use randori_project::project::Project;

/// The command that reads these files too; `None` if there are none, or none of
/// them exists. `outside` holds paths relative to the root of the project.
pub(super) fn advice(file: &Path, project: &Project, outside: &[String]) -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let reach = outside.iter().map(|path| lexical(&project.root().join(path)));
    let existing: Vec<PathBuf> = reach.filter(|path| path.is_file()).collect();
    let root = existing.iter().fold(project.root().to_owned(), |root, path| common(&root, path));
    // The root of the file system is no project.
    if existing.is_empty() || root.parent().is_none() {
        return None;
    }
    let root = from_here(&here, &root).display().to_string();
    let file = file.display().to_string();
    let command = command_line(["randori", "import", file.as_str(), "--root", root.as_str()]);
    Some(format!("a folder around them and the file can be read: {command}"))
}

/// Without `.` and `..`.
fn lexical(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            Component::CurDir => {}
            part => whole.push(part),
        }
    }
    whole
}

fn common(one: &Path, other: &Path) -> PathBuf {
    let pairs = one.components().zip(other.components());
    pairs.take_while(|(one, other)| one == other).map(|(part, _)| part).collect()
}

/// A folder as one would type it.
fn from_here(here: &Path, folder: &Path) -> PathBuf {
    if let Ok(inside) = folder.strip_prefix(here) {
        return if inside.as_os_str().is_empty() { PathBuf::from(".") } else { inside.to_owned() };
    }
    match here.strip_prefix(folder) {
        Ok(down) => std::iter::repeat_n("..", down.components().count()).collect(),
        Err(_) => folder.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_the_nearest_that_holds_all() {
        let root = common(Path::new("/a/b/c"), &lexical(Path::new("/a/b/c/../d/x.stl")));

        assert_eq!(root, Path::new("/a/b"));
        assert_eq!(from_here(Path::new("/a/b"), &root), Path::new("."));
        assert_eq!(from_here(Path::new("/a/b/c/d"), &root), Path::new("../.."));
        assert_eq!(from_here(Path::new("/a"), &root), Path::new("b"));
        assert_eq!(from_here(Path::new("/x"), &root), Path::new("/a/b"));
    }
}
