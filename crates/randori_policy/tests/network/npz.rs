//! Reads arrays that numpy wrote.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// An array of numbers, by rows.
#[derive(Debug, Clone)]
pub(crate) struct Array {
    columns: usize,
    values: Vec<f64>,
}

impl Array {
    pub(crate) fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    pub(crate) fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    pub(crate) fn row_f32(&self, row: usize) -> Vec<f32> {
        self.row(row).iter().map(|value| *value as f32).collect()
    }
}

/// All arrays with at most two axes of an `.npz` file, by name.
pub(crate) fn read(path: &Path) -> BTreeMap<String, Array> {
    let file = File::open(path).expect("recorded data");
    let mut archive = zip::ZipArchive::new(file).expect("an archive");
    let mut arrays = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).expect("an entry");
        let name = entry.name().expect("a name").trim_end_matches(".npy").to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("an entry that can be read");
        arrays.insert(name, array(&bytes));
    }
    arrays
}

/// The format is described in numpy's `lib/format.py`.
fn array(bytes: &[u8]) -> Array {
    assert_eq!(&bytes[..6], b"\x93NUMPY", "an array of numpy");
    assert_eq!(bytes[6], 1, "version 1 of the format");
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let header = std::str::from_utf8(&bytes[10..10 + length]).expect("a header of text");
    assert!(header.contains("'fortran_order': False"), "{header}");
    let shape = header.split_once("'shape': (").expect("a shape").1;
    let shape: Vec<usize> = shape[..shape.find(')').expect("the end of the shape")]
        .split(',')
        .filter_map(|size| size.trim().parse().ok())
        .collect();
    let data = &bytes[10 + length..];
    let values = if header.contains("'<f4'") {
        let number = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().expect("four bytes"));
        data.chunks_exact(4).map(|bytes| f64::from(number(bytes))).collect()
    } else {
        assert!(header.contains("'<f8'"), "{header}");
        let number = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        data.chunks_exact(8).map(number).collect()
    };
    Array { columns: shape.get(1).copied().unwrap_or(1), values }
}
