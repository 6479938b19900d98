//! Files for tests: in memory, and the reference robots on disk.

use std::path::{Path, PathBuf};

use randori_core::diagnostic::SourceMap;
use randori_core::spec::ImportSpec;
use randori_core::text::{FileReader, ImportedRobot, Limits, MemoryFiles, ReadError, RobotImport};
use randori_import::Import;

/// The files below a folder.
pub(crate) struct Disk(pub(crate) PathBuf);

impl FileReader for Disk {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        String::from_utf8(self.read_bytes(path)?).map_err(|_| ReadError::NotText)
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        std::fs::read(self.0.join(path)).map_err(|_| ReadError::NotFound)
    }

    fn import_robot(&self, import: &RobotImport<'_>, sources: &mut SourceMap) -> ImportedRobot {
        randori_import::import_robot(self, import, sources)
    }
}

pub(crate) fn mjcf(path: &str) -> ImportSpec {
    ImportSpec::Mjcf { path: path.to_owned(), from: None, keep: Vec::new(), drop: Vec::new() }
}

pub(crate) fn urdf(path: &str) -> ImportSpec {
    ImportSpec::Urdf { path: path.to_owned(), from: None, keep: Vec::new(), drop: Vec::new() }
}

pub(crate) fn import(files: &dyn FileReader, source: &ImportSpec) -> (Import, SourceMap) {
    let mut sources = SourceMap::default();
    let found =
        randori_import::import(files, source, source.path(), &Limits::default(), &mut sources);
    (found, sources)
}

/// The import of one MJCF text; it must succeed.
pub(crate) fn import_mjcf(text: &str) -> Import {
    let (found, sources) = import(&MemoryFiles::new([("m.xml", text)]), &mjcf("m.xml"));
    let errors = randori_core::diagnostic::render_short(&found.errors, &sources);
    assert!(found.errors.is_empty(), "{errors}");
    found
}

/// The import of one URDF text; it must succeed.
pub(crate) fn import_urdf(text: &str) -> Import {
    let (found, sources) = import(&MemoryFiles::new([("m.urdf", text)]), &urdf("m.urdf"));
    let errors = randori_core::diagnostic::render_short(&found.errors, &sources);
    assert!(found.errors.is_empty(), "{errors}");
    found
}

/// The robot as the text of its file says it, which must pass the check.
pub(crate) fn read_back(found: &Import) -> randori_core::spec::RobotSpec {
    let text = randori_import::robot_text(found.robot.as_ref().expect("a robot"));
    let files = MemoryFiles::new([("r.ron", text)]);
    match randori_core::text::load_robot(&files, "r.ron", &Limits::default()) {
        Ok((robot, warnings)) => {
            assert!(warnings.is_empty(), "{}", warnings.short());
            robot
        }
        Err(errors) => panic!("{}", errors.short()),
    }
}

/// The reference robots, if they are here.
pub(crate) fn reference_data() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let given = std::env::var_os("RANDORI_REFERENCE_DATA").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| root.join("../shared/data")).join("policies");
    folder.is_dir().then_some(folder)
}

/// Files of any bytes in memory, by their path.
pub(crate) struct Bytes<'b>(pub(crate) Vec<(&'b str, Vec<u8>)>);

impl FileReader for Bytes<'_> {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        String::from_utf8(self.read_bytes(path)?).map_err(|_| ReadError::NotText)
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let found = self.0.iter().find(|(name, _)| *name == path);
        found.map(|(_, bytes)| bytes.clone()).ok_or(ReadError::NotFound)
    }
}
